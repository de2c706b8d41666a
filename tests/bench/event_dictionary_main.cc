// Trains what events are packed with; see service/store/dictionary/README.md.
#include <zdict.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "clearway/v1/ticket.pb.h"
#include "service/classify/record.h"
#include "service/domain/ticket_event.h"
#include "service/wire/convert.h"

namespace clearway::bench {
namespace {

// More gains hundredths, and each packer holds a digest of it.
constexpr size_t kDictionaryBytes = 16 << 10;

// As an adapter would send the ticket: whole.
TicketEvent EventOf(LabelledRecord record, int64_t n) {
  TicketEvent event;
  event.tenant = "default";
  event.source = n % 2 == 0 ? "jira" : "github";
  const absl::Time time = absl::FromUnixSeconds(1'700'000'000 + n * 977);
  event.version = {time, n, absl::StrCat(event.source, ":", record.id, ":", n * 7919)};
  event.ticket = std::move(record.ticket);
  event.fields.set();
  event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
  return event;
}

std::vector<std::filesystem::path> RecordFiles(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The events one behind the other, and the size of each.
struct Samples {
  std::string bytes;
  std::vector<size_t> sizes;
};

absl::Status AddSamples(const std::filesystem::path& file, Samples* samples) {
  std::ifstream in(file);
  RecordReader reader(in, file.string(), RecordLabels::kIgnored);
  while (std::optional<absl::StatusOr<LabelledRecord>> record = reader.Next()) {
    if (!record->ok()) return record->status();
    v1::TicketEvent proto;
    ToProto(EventOf(**std::move(record), static_cast<int64_t>(samples->sizes.size())), &proto);
    const size_t before = samples->bytes.size();
    proto.AppendToString(&samples->bytes);
    samples->sizes.push_back(samples->bytes.size() - before);
  }
  return absl::OkStatus();
}

int Train(const std::string& folder, const std::string& output) {
  Samples samples;
  for (const std::filesystem::path& file : RecordFiles(folder)) {
    if (const absl::Status added = AddSamples(file, &samples); !added.ok()) {
      std::cerr << added.message() << '\n';
      return 1;
    }
  }
  std::string dictionary(kDictionaryBytes, '\0');
  const size_t size =
      ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), samples.bytes.data(),
                            samples.sizes.data(), static_cast<unsigned>(samples.sizes.size()));
  if (ZDICT_isError(size) != 0) {
    std::cerr << "cannot train: " << ZDICT_getErrorName(size) << '\n';
    return 1;
  }
  dictionary.resize(size);
  std::ofstream out(output, std::ios::binary);
  out << dictionary;
  std::cout << samples.sizes.size() << " events of " << samples.bytes.size()
            << " bytes, a dictionary of " << size << " bytes, id "
            << ZDICT_getDictID(dictionary.data(), dictionary.size()) << '\n';
  return out.flush() ? 0 : 1;
}

}  // namespace
}  // namespace clearway::bench

int main(int argc, char** argv) {
  CLI::App app("Trains the dictionary that events are packed with");
  std::string data;
  std::string output;
  app.add_option("--data", data, "A folder of record files")->required();
  app.add_option("--output", output, "The dictionary's file")->required();
  CLI11_PARSE(app, argc, argv);
  return clearway::bench::Train(data, output);
}
