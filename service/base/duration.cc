#include "service/base/duration.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

// The longest that google.protobuf.Duration can carry: about 10,000 years.
constexpr absl::Duration kLongest = absl::Seconds(315'576'000'000);

absl::Duration WallTime(const WorkDuration& duration) {
  return absl::Hours(24) * (duration.weeks * 7 + duration.days) + duration.time;
}

}  // namespace

absl::StatusOr<WorkDuration> ParseWorkDuration(absl::string_view text) {
  const auto refuse = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not a duration; write for example 30s, 15m, 4h, 2d or 1w"));
  };
  if (text.empty()) return refuse();
  WorkDuration total;
  absl::string_view rest = text;
  while (!rest.empty()) {
    size_t digits = 0;
    while (digits < rest.size() && (absl::ascii_isdigit(rest[digits]) || rest[digits] == '.')) {
      ++digits;
    }
    size_t unit_end = digits;
    while (unit_end < rest.size() && absl::ascii_isalpha(rest[unit_end])) ++unit_end;
    const absl::string_view number = rest.substr(0, digits);
    const absl::string_view unit = rest.substr(digits, unit_end - digits);
    absl::Duration part;
    double value = 0;
    if (unit == "d" || unit == "w") {
      if (!absl::SimpleAtod(number, &value)) return refuse();
      (unit == "w" ? total.weeks : total.days) += value;
    } else if (unit.empty() || number.empty() ||
               !absl::ParseDuration(rest.substr(0, unit_end), &part)) {
      return refuse();
    }
    total.time += part;
    rest.remove_prefix(unit_end);
  }
  if (WallTime(total) > kLongest) return refuse();
  return total;
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  ASSIGN_OR_RETURN(const WorkDuration duration, ParseWorkDuration(text));
  return WallTime(duration);
}

std::string FormatAge(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration);
  if (seconds < 60) return absl::StrCat(seconds < 0 ? 0 : seconds, "s");
  if (seconds < 3600) return absl::StrCat(seconds / 60, "m");
  const int64_t hours = seconds / 3600;
  if (hours < 24) {
    const int64_t minutes = seconds % 3600 / 60;
    return minutes == 0 ? absl::StrCat(hours, "h") : absl::StrCat(hours, "h ", minutes, "m");
  }
  return hours % 24 == 0 ? absl::StrCat(hours / 24, "d")
                         : absl::StrCat(hours / 24, "d ", hours % 24, "h");
}

}  // namespace clearway
