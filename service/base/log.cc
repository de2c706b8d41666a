#include "service/base/log.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

std::string Quoted(absl::string_view value) {
  const bool plain = !value.empty() && std::none_of(value.begin(), value.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) || c == ' ' || c == '"' || c == '=' ||
           c == '\\';
  });
  return plain ? std::string(value) : absl::StrCat("\"", absl::Utf8SafeCEscape(value), "\"");
}

}  // namespace

void Logger::Write(LogLevel level, absl::string_view message, const LogFields& fields) {
  std::string line = absl::StrCat(
      "time=", absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", clock_.Now(), absl::UTCTimeZone()),
      " level=", LevelName(level), " msg=", Quoted(message));
  for (const auto& [key, value] : fields) absl::StrAppend(&line, " ", key, "=", Quoted(value));
  line.push_back('\n');
  const std::lock_guard<std::mutex> lock(mutex_);
  out_ << line << std::flush;
}

}  // namespace clearway
