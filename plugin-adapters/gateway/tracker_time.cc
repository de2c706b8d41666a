#include "plugin-adapters/gateway/tracker_time.h"

#include <string>

namespace clearway {

std::optional<absl::Time> ParseTrackerTime(absl::string_view text) {
  // %Ez takes "Z", "+08:00" and "+0800" alike.
  for (const absl::string_view format : {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S UTC",
                                         "%Y-%m-%d %H:%M:%E*S %Ez", "%Y-%m-%d"}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, text, &time, &error) && IsTrackerTime(time)) return time;
  }
  return std::nullopt;
}

bool IsTrackerTime(absl::Time time) {
  return time >= absl::UnixEpoch() && time < absl::FromUnixSeconds(253'402'300'800);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(absl::ToUnixSeconds(time));
  proto.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(proto.seconds()))));
  return proto;
}

}  // namespace clearway
