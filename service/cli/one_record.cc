#include "service/cli/one_record.h"

#include <cerrno>
#include <fstream>
#include <istream>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace clearway {
namespace {

absl::StatusOr<LabelledRecord> FindRecord(std::istream& in, const std::string& name,
                                          const std::string& id) {
  RecordReader reader(in, name, RecordLabels::kIgnored);
  absl::Status fault;
  while (std::optional<absl::StatusOr<LabelledRecord>> record = reader.Next()) {
    if (record->ok() && (*record)->id == id) return *std::move(record);
    fault.Update(record->status());
  }
  const std::string message = absl::StrCat(name, ": there is no record ", id);
  if (fault.ok()) return absl::NotFoundError(message);
  return absl::NotFoundError(absl::StrCat(message, "; not all could be read: ", fault.message()));
}

// At most one byte more than a record may have.
std::string ReadBounded(std::istream& in) {
  std::string text(kMaxRecordBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

bool BeginsWithARecord(absl::string_view text) {
  text = absl::StripLeadingAsciiWhitespace(text);
  return ParseRecord(text.substr(0, text.find('\n')), RecordLabels::kIgnored).ok();
}

absl::StatusOr<LabelledRecord> OnlyRecord(std::istream& in, const std::string& name) {
  const std::string text = ReadBounded(in);
  if (in.bad()) return absl::DataLossError(absl::StrCat(name, ": cannot be read to its end"));
  absl::StatusOr<LabelledRecord> record = text.size() > kMaxRecordBytes
                                              ? absl::InvalidArgumentError("longer than 4 MiB")
                                              : ParseRecord(text, RecordLabels::kIgnored);
  if (record.ok()) return record;
  return absl::InvalidArgumentError(
      BeginsWithARecord(text)
          ? absl::StrCat(name, ": holds more than one record: say which with --id")
          : absl::StrCat(name, ": ", record.status().message()));
}

absl::StatusOr<LabelledRecord> Read(std::istream& in, const std::string& name,
                                    const std::string& id) {
  return id.empty() ? OnlyRecord(in, name) : FindRecord(in, name, id);
}

}  // namespace

absl::StatusOr<LabelledRecord> ReadOneRecord(const std::string& file, const std::string& id,
                                             const Terminal& terminal) {
  if (file == "-") return Read(terminal.in, "stdin", id);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (in) return Read(in, file, id);
  return absl::ErrnoToStatus(errno == 0 ? EIO : errno, absl::StrCat("cannot read ", file));
}

}  // namespace clearway
