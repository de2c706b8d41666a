#pragma once

#include <istream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"

namespace clearway {

// One line of the taxonomy's record format: a ticket and, where somebody judged it, what it is.
struct LabelledRecord {
  std::string id;
  // `key` is the record's id. Comments have authors and bodies, neither ids nor times.
  Ticket ticket;

  // False: the record carries no category, or labels were not asked for; what follows is then
  // empty.
  bool has_labels = false;
  std::string lang;
  Category category = Category::kUnspecified;
  // One of the category's, or kUnspecified.
  Reason reason = Reason::kUnspecified;
  // Another category, or kUnspecified.
  Category secondary = Category::kUnspecified;
  std::string waiting_on;
  std::string difficulty;
};

enum class RecordLabels {
  // Not even looked at: a record with nonsense in them is fine.
  kIgnored,
  // Read and checked where there is a category.
  kRead,
};

inline constexpr size_t kMaxRecordBytes = size_t{4} << 20;

// Reads one record. Unknown keys are ignored; every key but `id` may be absent or null.
// INVALID_ARGUMENT says what is wrong and where ("comments[2].body: must be a string").
absl::StatusOr<LabelledRecord> ParseRecord(absl::string_view line, RecordLabels labels);

// Reads JSON Lines one by one, in memory bounded by the longest line allowed. Not thread-safe.
class RecordReader {
 public:
  // `in` must outlive this; `name` is what errors call it.
  RecordReader(std::istream& in, std::string name, RecordLabels labels)
      : in_(in), name_(std::move(name)), labels_(labels) {}

  // The next record, or INVALID_ARGUMENT as "NAME:LINE: what is wrong" for a line that is none
  // (reading goes on after it); DATA_LOSS when reading breaks off; nullopt at the end. Blank lines
  // are passed over.
  std::optional<absl::StatusOr<LabelledRecord>> Next();

  // The line read last, without its end; for those who want keys of their own from it.
  const std::string& line() const { return line_; }
  // Its number, from 1.
  int line_number() const { return line_number_; }

 private:
  // False at the end of the stream. A line that is too long is read to its end and dropped.
  bool ReadLine(bool* too_long);

  std::istream& in_;
  const std::string name_;
  const RecordLabels labels_;
  std::string line_;
  int line_number_ = 0;
  bool read_failed_ = false;
};

// Reads whole files, and every .jsonl file of a folder; all lines must be labelled records.
// NOT_FOUND, PERMISSION_DENIED or, for the first bad line, INVALID_ARGUMENT as "FILE:LINE: what is
// wrong".
absl::StatusOr<std::vector<LabelledRecord>> ReadLabelledFiles(
    const std::vector<std::string>& paths);

}  // namespace clearway
