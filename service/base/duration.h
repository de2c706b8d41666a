#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace clearway {

// Reads "90s", "1h30m", "2d", "1w": what absl::ParseDuration takes, and whole or fractional days
// (d) and weeks (w) of 24 hours each. INVALID_ARGUMENT for anything else, a sign included.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

// A duration whose days and weeks are as long as somebody's working days and weeks.
struct WorkDuration {
  double weeks = 0;
  double days = 0;
  absl::Duration time;
};

// The same text with days and weeks kept apart: "1d4h" is one day and 4 hours.
absl::StatusOr<WorkDuration> ParseWorkDuration(absl::string_view text);

// "45s", "3m", "5h", "2d 4h": at most two units, for people.
std::string FormatAge(absl::Duration duration);

}  // namespace clearway
