#pragma once

#include <string>
#include <vector>

#include "service/cli/terminal.h"

namespace clearway {

// Runs the `clearway` program on its arguments (without the program's name) and returns its exit
// code: 0 fine, 1 something failed (said on `terminal.err`), 2 arguments that make no sense.
int RunCli(const std::vector<std::string>& args, const Terminal& terminal);

}  // namespace clearway
