#pragma once

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace clearway {

// Times are carried in whole microseconds inside the service; finer parts are cut off.
absl::Time FromProto(const google::protobuf::Timestamp& proto);
google::protobuf::Timestamp ToProto(absl::Time time);

absl::Duration FromProto(const google::protobuf::Duration& proto);
google::protobuf::Duration ToProto(absl::Duration duration);

}  // namespace clearway
