#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "service/classify/record.h"
#include "service/cli/terminal.h"

namespace clearway {

// The one record of a file ("-" is the standard input), on as many lines as it likes, or, where
// `id` is said, the first record of that id in JSON Lines. Labels are not looked at.
// INVALID_ARGUMENT says what is wrong, NOT_FOUND that there is no such file or record.
absl::StatusOr<LabelledRecord> ReadOneRecord(const std::string& file, const std::string& id,
                                             const Terminal& terminal);

}  // namespace clearway
