#include "service/cli/record_files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <syncstream>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/report/display_text.h"

namespace clearway {
namespace {

class FileVisit {
 public:
  FileVisit(RecordLabels labels, const Terminal& terminal, RecordVisitor visit)
      : labels_(labels), terminal_(terminal), visit_(visit) {}

  absl::Status Visit(const std::string& file) {
    if (file == "-") return Visit(terminal_.in, "stdin");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (in) return Visit(in, file);
    Complain(absl::StrCat("cannot read ", file, ": ", std::strerror(errno)));
    return absl::OkStatus();
  }

  int faults() const { return faults_; }

 private:
  absl::Status Visit(std::istream& in, const std::string& name) {
    RecordReader reader(in, name, labels_);
    while (std::optional<absl::StatusOr<LabelledRecord>> record = reader.Next()) {
      if (!record->ok()) {
        Complain(record->status().message());
        continue;
      }
      const RecordPlace place{absl::StrCat(name, ":", reader.line_number()), reader.line()};
      const absl::Status status = visit_(**std::move(record), place);
      if (absl::IsInvalidArgument(status)) {
        Complain(absl::StrCat(place.name, ": ", status.message()));
      } else {
        RETURN_IF_ERROR(status);
      }
    }
    return absl::OkStatus();
  }

  // Other threads may be writing to the same stream.
  void Complain(absl::string_view message) {
    ++faults_;
    std::osyncstream(terminal_.err) << OneLine(message) << "\n";
  }

  const RecordLabels labels_;
  const Terminal& terminal_;
  const RecordVisitor visit_;
  int faults_ = 0;
};

}  // namespace

absl::Status VisitRecords(const std::vector<std::string>& files, RecordLabels labels,
                          const Terminal& terminal, RecordVisitor visit) {
  FileVisit files_visit(labels, terminal, visit);
  for (const std::string& file : files) RETURN_IF_ERROR(files_visit.Visit(file));
  if (files_visit.faults() == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("faults in the input, each named above: ", files_visit.faults()));
}

}  // namespace clearway
