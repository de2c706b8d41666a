#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "service/base/status_macros.h"
#include "service/cli/commands.h"
#include "service/cli/policy_explain.h"
#include "service/escalation/policy_loader.h"

namespace clearway {
namespace {

struct CheckOptions {
  std::string file;
};

absl::Status CheckPolicy(const CheckOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const EscalationPolicy policy, LoadPolicy(options.file));
  size_t steps = 0;
  for (const Ladder& ladder : policy.ladders) steps += ladder.steps.size();
  terminal.out << options.file << ": fine, " << policy.ladders.size() << " ladders with " << steps
               << " steps, " << policy.calendars.size() << " calendars, " << policy.mutes.size()
               << " mutes\n";
  return absl::OkStatus();
}

absl::Status CheckPlaybooks(const CheckOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(const Playbooks playbooks, LoadPlaybooks(options.file));
  terminal.out << options.file << ": fine, " << playbooks.by_reason.size() << " playbooks\n";
  return absl::OkStatus();
}

// `clearway NAME check FILE`. Returns NAME.
template <typename Run>
CLI::App* AddCheck(CLI::App& app, CommandContext& context, const std::string& name,
                   const std::string& help, Run run) {
  CLI::App* group = app.add_subcommand(name, help);
  group->require_subcommand(1);
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = group->add_subcommand("check", "Says what is wrong with a file");
  command->add_option("file", options->file, "The YAML file")->required()->type_name("FILE");
  OnCall(*command, context, options, run);
  return group;
}

}  // namespace

void AddPolicyCommand(CLI::App& app, CommandContext& context) {
  CLI::App* policy = AddCheck(app, context, "policy", "Escalation policies", &CheckPolicy);
  AddPolicyExplain(*policy, context);
}

void AddPlaybooksCommand(CLI::App& app, CommandContext& context) {
  AddCheck(app, context, "playbooks", "What to do about each reason", &CheckPlaybooks);
}

}  // namespace clearway
