#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "service/base/clock.h"
#include "service/cli/cli.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const clearway::SystemClock clock;
  const std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  return clearway::RunCli(args, {std::cin, std::cout, std::cerr, clock});
}
