#include "service/cli/cli.h"

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

#include "service/cli/command.h"
#include "service/cli/commands.h"
#include "service/report/display_text.h"

namespace clearway {
namespace {

constexpr AddCommand kCommands[] = {
    &AddClassifyCommand, &AddExplainCommand,  &AddEvaluateCommand, &AddTrainCommand,
    &AddIngestCommand,   &AddBlockersCommand, &AddFeedbackCommand, &AddEscalationsCommand,
    &AddWatchCommand,    &AddReportCommand,   &AddRootsCommand,    &AddReplayCommand,
    &AddEraseCommand,    &AddErasuresCommand, &AddPolicyCommand,   &AddPlaybooksCommand,
};

constexpr int kFailed = 1;
constexpr int kUsage = 2;

// True when the last command named has commands of its own and none of them was named.
bool LacksCommand(const CLI::App& app) {
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) last = last->get_subcommands().front();
  return last->get_require_subcommand_min() > 0;
}

}  // namespace

int RunCli(const std::vector<std::string>& args, const Terminal& terminal) {
  CLI::App app("Finds out what tickets are stuck on, and what to do about it.", "clearway");
  app.require_subcommand(1);
  app.set_version_flag("--version", "clearway " CLEARWAY_VERSION);
  CommandContext context{terminal, {}};
  for (const AddCommand add : kCommands) add(app, context);
  try {
    // The library takes them last first.
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::RequiredError& error) {
    const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
    if (!LacksCommand(app) || unknown.empty()) {
      app.exit(error, terminal.out, terminal.err);
      return kUsage;
    }
    terminal.err << "\"" << OneLine(unknown.front())
                 << "\" is not a command here.\nRun with --help for more information.\n";
    return kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, terminal.out, terminal.err) == 0 ? 0 : kUsage;
  }
  absl::Status status = context.action();
  terminal.out.flush();
  if (status.ok() && !terminal.out) status = absl::DataLossError("the output cannot be written");
  if (status.ok()) return 0;
  terminal.err << "clearway: " << OneLine(status.message()) << "\n";
  return kFailed;
}

}  // namespace clearway
