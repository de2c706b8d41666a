#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace clearway {

// The files themselves, and of folders every *.jsonl in them. NOT_FOUND for a folder without any.
absl::StatusOr<std::vector<std::string>> ExpandFolders(const std::vector<std::string>& paths);

// NOT_FOUND, PERMISSION_DENIED … as the system says.
absl::StatusOr<std::ifstream> OpenFile(const std::string& path);

}  // namespace clearway
