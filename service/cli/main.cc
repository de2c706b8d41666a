#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "service/base/clock.h"
#include "service/cli/cli.h"

namespace {

// No other thread runs yet.
std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

// NO_COLOR as no-color.org has it: set to anything but nothing.
bool WantsColor() {
  const std::string kind = Environment("TERM");
  return isatty(STDOUT_FILENO) == 1 && Environment("NO_COLOR").empty() && !kind.empty() &&
         kind != "dumb";
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const clearway::SystemClock clock;
  const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  return clearway::RunCli(
      args, {std::cin, std::cout, std::cerr, clock, WantsColor(), isatty(STDIN_FILENO) == 1});
}
