#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/directory.h"

namespace clearway {

// Directories from YAML; the schema is DirectoryFile in proto/clearway/config/v1/escalation.proto.
// Faults as in policy_loader.h.

// Every party has a name and none of its words is another's; nobody stands behind a party twice.
absl::StatusOr<Directory> ParseDirectory(absl::string_view yaml, absl::string_view file);

// The same of a file; NOT_FOUND or PERMISSION_DENIED when it cannot be read.
absl::StatusOr<Directory> LoadDirectory(const std::string& path);

}  // namespace clearway
