#include "service/escalation/yaml_fault.h"

#include "absl/strings/str_cat.h"

namespace clearway {

absl::Status YamlFile::Fault(const std::string& path, absl::string_view what) const {
  int line = 1;
  for (std::string at = path; !at.empty(); at.resize(at.find_last_of(".["))) {
    const auto found = lines.find(at);
    if (found != lines.end()) {
      line = found->second;
      break;
    }
    if (at.find_first_of(".[") == std::string::npos) break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, ":", line, ": ", path.empty() ? "the file" : path, " ", what));
}

}  // namespace clearway
