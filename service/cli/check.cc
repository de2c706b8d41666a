#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "service/base/status_macros.h"
#include "service/cli/commands.h"
#include "service/cli/policy_explain.h"
#include "service/escalation/directory_loader.h"
#include "service/escalation/policy_loader.h"

namespace clearway {
namespace {

struct CheckOptions {
  std::string file;
};

// The policy, and the directory that goes with it; either may be checked alone.
struct CheckPolicyOptions {
  std::string file;
  std::string directory;
};

absl::Status CheckPolicyFile(const std::string& file, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const EscalationPolicy policy, LoadPolicy(file));
  size_t steps = 0;
  for (const Ladder& ladder : policy.ladders) steps += ladder.steps.size();
  terminal.out << file << ": fine, " << policy.ladders.size() << " ladders with " << steps
               << " steps, " << policy.calendars.size() << " calendars, " << policy.mutes.size()
               << " mutes, " << policy.costs.size() << " costs\n";
  return absl::OkStatus();
}

absl::Status CheckPolicy(const CheckPolicyOptions& options, const Terminal& terminal) {
  if (!options.file.empty()) RETURN_IF_ERROR(CheckPolicyFile(options.file, terminal));
  if (options.directory.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Directory directory, LoadDirectory(options.directory));
  terminal.out << options.directory << ": fine, " << directory.size() << " parties\n";
  return absl::OkStatus();
}

absl::Status CheckPlaybooks(const CheckOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const Playbooks playbooks, LoadPlaybooks(options.file));
  terminal.out << options.file << ": fine, " << playbooks.by_reason.size() << " playbooks\n";
  return absl::OkStatus();
}

// The command NAME, which is nothing without one below it.
CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& help) {
  CLI::App* group = app.add_subcommand(name, help);
  group->require_subcommand(1);
  return group;
}

CLI::App* AddCheck(CLI::App& group) {
  return group.add_subcommand("check", "Says what is wrong with a file");
}

}  // namespace

void AddPolicyCommand(CLI::App& app, CommandContext& context) {
  CLI::App* policy = AddGroup(app, "policy", "Escalation policies");
  auto options = std::make_shared<CheckPolicyOptions>();
  CLI::App* command = AddCheck(*policy);
  CLI::Option_group* files = command->add_option_group("files", "One of them, or both");
  files->add_option("file", options->file, "The policy")->type_name("FILE");
  files->add_option("--directory", options->directory, "The directory that goes with it")
      ->type_name("FILE");
  files->require_option(1, 2);
  OnCall(*command, context, options, &CheckPolicy);
  AddPolicyExplain(*policy, context);
}

void AddPlaybooksCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = AddCheck(*AddGroup(app, "playbooks", "What to do about each reason"));
  command->add_option("file", options->file, "The playbooks")->required()->type_name("FILE");
  OnCall(*command, context, options, &CheckPlaybooks);
}

}  // namespace clearway
