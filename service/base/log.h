#pragma once

#include <iosfwd>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "service/base/clock.h"

namespace clearway {

enum class LogLevel { kInfo, kWarning, kError };

using LogFields = std::vector<std::pair<absl::string_view, std::string>>;

// Writes one logfmt line per call: time, level, message, fields. Values are quoted where needed, so
// a field cannot forge a line. Never given ticket text. Thread-safe.
class Logger {
 public:
  // Both must outlive the logger.
  Logger(std::ostream& out, const Clock& clock) : out_(out), clock_(clock) {}

  void Info(absl::string_view message, const LogFields& fields = {}) {
    Write(LogLevel::kInfo, message, fields);
  }
  void Warning(absl::string_view message, const LogFields& fields = {}) {
    Write(LogLevel::kWarning, message, fields);
  }
  void Error(absl::string_view message, const LogFields& fields = {}) {
    Write(LogLevel::kError, message, fields);
  }

 private:
  void Write(LogLevel level, absl::string_view message, const LogFields& fields);

  std::ostream& out_;
  const Clock& clock_;
  std::mutex mutex_;
};

}  // namespace clearway
