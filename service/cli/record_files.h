#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

#include "service/classify/record.h"
#include "service/cli/terminal.h"

namespace clearway {

// Where a record stands.
struct RecordPlace {
  // The file's name and the line's number: "FILE:LINE".
  std::string name;
  // The line as it was read.
  const std::string& line;
};

// What to do with a record. INVALID_ARGUMENT: the record is at fault, reading goes on; any other
// error ends it.
using RecordVisitor = absl::FunctionRef<absl::Status(LabelledRecord record, const RecordPlace&)>;

// Hands the records of all files to `visit`, in order; the file "-" is the standard input. What is
// wrong with a file or a line is said on the error stream, one line each, and reading goes on:
// INVALID_ARGUMENT at the end says how often.
absl::Status VisitRecords(const std::vector<std::string>& files, RecordLabels labels,
                          const Terminal& terminal, RecordVisitor visit);

}  // namespace clearway
