#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace clearway {

// Reads the times that trackers write: RFC 3339, also with an offset without its colon ("+0800"),
// with any number of decimals, with a space for the "T", or with " UTC" at the end; and a date
// alone, which stands for its beginning in UTC. Nullopt for anything else and for years outside
// 1970 to 9999.
std::optional<absl::Time> ParseTrackerTime(absl::string_view text);

// Within the years 1970 to 9999, which is what the API takes.
bool IsTrackerTime(absl::Time time);

google::protobuf::Timestamp ToTimestamp(absl::Time time);

}  // namespace clearway
