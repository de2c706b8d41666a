// Any bytes as JSON Lines: a line is a record or a fault that is named, and reading goes on behind
// it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

#include "service/classify/record.h"
#include "tests/fuzz/require.h"

namespace clearway {
namespace {

using testing::Require;

void CheckRecord(const LabelledRecord& record, RecordLabels labels) {
  Require(!record.id.empty() && record.ticket.key == record.id, "a record has an id");
  if (labels == RecordLabels::kIgnored) {
    Require(!record.has_labels, "labels are not looked at");
    return;
  }
  Require(record.has_labels == (record.category != Category::kUnspecified),
          "labels are there where the category is");
  Require(record.reason == Reason::kUnspecified || CategoryOf(record.reason) == record.category,
          "the reason is one of the category's");
}

void CheckLine(absl::string_view line) {
  const absl::StatusOr<LabelledRecord> labelled = ParseRecord(line, RecordLabels::kRead);
  const absl::StatusOr<LabelledRecord> bare = ParseRecord(line, RecordLabels::kIgnored);
  if (labelled.ok()) CheckRecord(*labelled, RecordLabels::kRead);
  if (bare.ok()) CheckRecord(*bare, RecordLabels::kIgnored);
  Require(bare.ok() || !labelled.ok(), "what is fine with its labels is fine without");
  Require(!labelled.ok() || labelled->ticket == bare->ticket, "labels do not change the ticket");
  Require(bare.ok() || absl::IsInvalidArgument(bare.status()), "a fault is the line's");
  Require(bare.ok() || !bare.status().message().empty(), "a fault is told");
}

void CheckReader(const std::string& bytes, RecordLabels labels) {
  std::istringstream in(bytes);
  RecordReader reader(in, "input", labels);
  int last = 0;
  while (const std::optional<absl::StatusOr<LabelledRecord>> record = reader.Next()) {
    Require(reader.line_number() > last, "every line is read once");
    last = reader.line_number();
    if (record->ok()) {
      CheckRecord(**record, labels);
      const absl::StatusOr<LabelledRecord> again = ParseRecord(reader.line(), labels);
      Require(again.ok() && again->ticket == (*record)->ticket, "the line is the record's");
    } else {
      Require(absl::StartsWith(record->status().message(), "input:"), "a fault names its line");
    }
  }
  Require(last <= 1 + std::count(bytes.begin(), bytes.end(), '\n'), "lines end at line feeds");
}

}  // namespace
}  // namespace clearway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  clearway::CheckLine(bytes);
  clearway::CheckReader(bytes, clearway::RecordLabels::kRead);
  clearway::CheckReader(bytes, clearway::RecordLabels::kIgnored);
  return 0;
}
