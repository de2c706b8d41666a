#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace clearway {

// Fills `message` from YAML, strictly: keys are proto field names, unknown or repeated keys and values
// of the wrong kind are errors. Enums take their names without the type's prefix; durations "30s",
// "4h", "2d"; repeated fields sequences. Fields not named are left as they are.
//
// INVALID_ARGUMENT as "FILE:LINE: what is wrong and what was expected"; `message` is then in an
// unspecified state. `file` is only used in errors.
absl::Status ParseYaml(absl::string_view yaml, absl::string_view file,
                       google::protobuf::Message* message);

// ParseYaml of a file's content; NOT_FOUND or PERMISSION_DENIED when it cannot be read.
absl::Status ParseYamlFile(const std::string& path, google::protobuf::Message* message);

}  // namespace clearway
