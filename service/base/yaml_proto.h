#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace clearway {

// The line, from 1, on which each value of a file stands, by its path
// ("ladders[1].steps[2].after").
using YamlLines = std::map<std::string, int>;

// Fills `message` from YAML, strictly: keys are proto field names, unknown or repeated keys and
// values of the wrong kind are errors. Enums take their names without the type's prefix; durations
// "30s", "4h", "2d"; repeated fields sequences. Fields not named are left as they are.
//
// INVALID_ARGUMENT as "FILE:LINE: what is wrong and what was expected"; `message` is then in an
// unspecified state. `file` is only used in errors. `lines`, where given, is filled for checks that
// come after.
absl::Status ParseYaml(absl::string_view yaml, absl::string_view file,
                       google::protobuf::Message* message, YamlLines* lines = nullptr);

// ParseYaml of a file's content; NOT_FOUND or PERMISSION_DENIED when it cannot be read.
absl::Status ParseYamlFile(const std::string& path, google::protobuf::Message* message,
                           YamlLines* lines = nullptr);

// Sets one value from a text as it would stand in a file; a list's items are separated by commas
// and take the place of those it had. INVALID_ARGUMENT as "ORIGIN: what is wrong and what was
// expected". `path` ("limits.max_deadline") must be one of the message's.
absl::Status SetYamlValue(absl::string_view origin, const std::string& path,
                          const std::string& text, google::protobuf::Message* message);

}  // namespace clearway
