#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "service/base/yaml_proto.h"

namespace clearway {

// Says where in a configuration file a fault lies that only shows after parsing.
struct YamlFile {
  absl::string_view name;
  YamlLines lines;

  // INVALID_ARGUMENT "FILE:LINE: PATH WHAT". Of a path that is not in the file, such as that of a
  // missing key, the line is its nearest parent's.
  absl::Status Fault(const std::string& path, absl::string_view what) const;
};

}  // namespace clearway
