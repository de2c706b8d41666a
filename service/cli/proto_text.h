#pragma once

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

#include "clearway/v1/blocker.pb.h"
#include "clearway/v1/taxonomy.pb.h"

namespace clearway {

// A message as one line of JSON, its fields named as in the proto files, those at their defaults
// included.
std::string JsonLine(const google::protobuf::Message& message);

// Enums without their prefix ("CROSS_TEAM"); "" for UNSPECIFIED, the number for one not known here.
std::string NameOf(v1::Category category);
std::string NameOf(v1::Reason reason);
std::string NameOf(v1::BlockerState state);

// "2026-01-31 14:05" in UTC; "-" where `present` is false.
std::string TimeText(bool present, const google::protobuf::Timestamp& time);

}  // namespace clearway
