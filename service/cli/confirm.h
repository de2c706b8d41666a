#pragma once

#include <string>

#include "absl/status/status.h"

#include "service/cli/terminal.h"

namespace clearway {

// OK once a person has typed "yes" to `question`, or `yes` was said beforehand. CANCELLED for any
// other answer; FAILED_PRECONDITION, without asking, where there is nobody to answer.
absl::Status Confirm(const std::string& question, bool yes, const Terminal& terminal);

}  // namespace clearway
