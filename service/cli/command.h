#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

#include "service/cli/terminal.h"

namespace clearway {

// Handed to every command when it declares its options.
struct CommandContext {
  const Terminal& terminal;
  // Set by the command that was called, when its arguments have been read. Its errors are printed
  // as one line.
  std::function<absl::Status()> action;
};

// A command declares itself on `app`; both outlive the action.
using AddCommand = void (*)(CLI::App& app, CommandContext& context);

// Declares `options` of its own lifetime and runs `run(options, terminal)` when the command is
// called.
template <typename Options, typename Run>
void OnCall(CLI::App& command, CommandContext& context, std::shared_ptr<Options> options, Run run) {
  command.callback([&context, options = std::move(options), run] {
    context.action = [&context, options, run] { return run(*options, context.terminal); };
  });
}

}  // namespace clearway
