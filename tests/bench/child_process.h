#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace clearway::bench {

// A program of ours, ended with this object: its input is closed, it is asked to terminate, and
// waited for.
class ChildProcess {
 public:
  // Starts `args[0]` with pipes on its input and on the output chosen.
  enum class Listen { kOutput, kError };
  static absl::StatusOr<ChildProcess> Start(const std::vector<std::string>& args, Listen listen);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // The next line it writes; UNAVAILABLE when it ends first.
  absl::StatusOr<std::string> ReadLine();

  // Memory it holds, bytes; 0 when that cannot be told.
  int64_t ResidentBytes() const;

 private:
  ChildProcess(pid_t pid, int input, int output) : pid_(pid), input_(input), output_(output) {}

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string buffer_;
};

}  // namespace clearway::bench
