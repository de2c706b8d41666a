#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace clearway {

// Reads a whole file. NOT_FOUND, PERMISSION_DENIED or INTERNAL, naming the path.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace clearway
