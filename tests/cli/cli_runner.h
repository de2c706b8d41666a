#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "service/cli/cli.h"
#include "tests/testing/fake_clock.h"

namespace clearway::testing {

struct CliResult {
  int code = 0;
  std::string out;
  std::string err;
};

// Runs the command line inside this process, with `in` as its standard input.
inline CliResult RunClearway(const std::vector<std::string>& args, const std::string& in = "",
                             const Clock& clock = FakeClock()) {
  std::istringstream input(in);
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunCli(args, {input, out, err, clock});
  return {code, out.str(), err.str()};
}

inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace clearway::testing
