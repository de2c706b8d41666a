#include "service/base/file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace clearway {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (in) content << in.rdbuf();
  if (in && !content.fail()) return std::move(content).str();
  // An empty file leaves the fail bit set on the destination without any error on the source.
  if (in.is_open() && in.peek() == std::ifstream::traits_type::eof() && !in.bad() && errno == 0) {
    return std::string();
  }
  const int error = errno;
  const std::string message = absl::StrCat("cannot read ", path, ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == EACCES) return absl::PermissionDeniedError(message);
  return absl::InternalError(message);
}

}  // namespace clearway
