#include "service/cli/policy_explain.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/classify/classifier.h"
#include "service/cli/escalation_view.h"
#include "service/cli/model_file.h"
#include "service/cli/one_record.h"
#include "service/cli/policy_view.h"
#include "service/escalation/directory_loader.h"
#include "service/escalation/policy_loader.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

struct PolicyExplainOptions {
  std::string policy;
  std::string playbooks;
  std::string directory;
  bool drafts = false;
  // A record that is classified; what is said beside it takes the place of what it says.
  std::string ticket_file;
  std::string id;
  std::string tenant = "default";
  std::string source;
  std::optional<std::string> project;
  std::string category;
  std::string reason;
  std::string priority;
  std::vector<std::string> labels;
  std::optional<std::string> waiting_on;
  std::string reporter;
  std::string language;
  std::string opened_at;
  std::string at;
  // A ticket below it that is stuck itself.
  std::string hangs_on;
};

absl::StatusOr<absl::Time> TimeOf(const std::string& text, const std::string& name,
                                  absl::Time otherwise) {
  if (text.empty()) return otherwise;
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": \"", text, "\" is not a time such as 2026-01-31T08:00:00+08:00"));
}

template <typename T>
absl::Status Set(const std::string& text, const std::string& name,
                 std::optional<T> (*parse)(absl::string_view), T* value) {
  if (text.empty()) return absl::OkStatus();
  const std::optional<T> parsed = parse(text);
  if (!parsed.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": \"", text, "\" is not one"));
  }
  *value = *parsed;
  return absl::OkStatus();
}

struct Subject {
  Blocker blocker;
  Ticket ticket;
  std::vector<Evidence> evidence;
};

absl::Status ReadTicket(const PolicyExplainOptions& options, const Terminal& terminal,
                        Subject* subject) {
  if (options.ticket_file.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(LabelledRecord record, ReadOneRecord(options.ticket_file, options.id, terminal));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Classifier> classifier, LoadClassifier(""));
  const Classification verdict = classifier->Classify(record.ticket);
  Blocker& blocker = subject->blocker;
  blocker.ticket.key = record.ticket.key;
  blocker.project = record.ticket.project;
  blocker.title = record.ticket.title;
  blocker.priority = record.ticket.priority;
  blocker.category = verdict.category;
  blocker.reason = verdict.reason;
  blocker.waiting_on = verdict.waiting_on;
  blocker.language = verdict.language;
  subject->ticket = std::move(record.ticket);
  subject->evidence = verdict.evidence;
  return absl::OkStatus();
}

absl::StatusOr<Subject> SubjectOf(const PolicyExplainOptions& options, const Terminal& terminal) {
  Subject subject;
  Blocker& blocker = subject.blocker;
  RETURN_IF_ERROR(ReadTicket(options, terminal, &subject));
  blocker.ticket.tenant = options.tenant;
  blocker.ticket.source = options.source;
  if (options.project.has_value()) blocker.project = *options.project;
  RETURN_IF_ERROR(Set(options.category, "--category", &ParseCategory, &blocker.category));
  RETURN_IF_ERROR(Set(options.reason, "--reason", &ParseReason, &blocker.reason));
  RETURN_IF_ERROR(Set(options.priority, "--priority", &ParsePriority, &blocker.priority));
  if (!options.reason.empty() && options.category.empty()) {
    blocker.category = CategoryOf(blocker.reason);
  }
  if (options.waiting_on.has_value()) blocker.waiting_on = *options.waiting_on;
  if (!options.language.empty()) blocker.language = options.language;
  if (!options.labels.empty()) subject.ticket.labels = options.labels;
  if (!options.reporter.empty()) subject.ticket.reporter = options.reporter;
  if (!IsBlocked(blocker.category)) {
    return absl::InvalidArgumentError(
        options.ticket_file.empty()
            ? "say what it is stuck on: --category or --reason, or --ticket FILE"
            : "the ticket is not held to be blocked; say --category to go on all the same");
  }
  ASSIGN_OR_RETURN(blocker.open_time,
                   TimeOf(options.opened_at, "--opened-at", terminal.clock.Now()));
  blocker.spell_time = blocker.open_time;
  return subject;
}

absl::Status Explain(const PolicyExplainOptions& options, const Terminal& terminal) {
  ASSIGN_OR_RETURN(EscalationPolicy policy,
                   options.policy.empty() ? BuiltInPolicy() : LoadPolicy(options.policy));
  ASSIGN_OR_RETURN(Playbooks playbooks, options.playbooks.empty()
                                            ? BuiltInPlaybooks()
                                            : LoadPlaybooks(options.playbooks));
  ASSIGN_OR_RETURN(const Subject subject, SubjectOf(options, terminal));
  ASSIGN_OR_RETURN(const absl::Time now, TimeOf(options.at, "--at", terminal.clock.Now()));
  Directory directory;
  if (!options.directory.empty()) {
    ASSIGN_OR_RETURN(directory, LoadDirectory(options.directory));
  }
  Standing standing;
  standing.held_by = options.hangs_on;
  const Planner planner(std::move(policy), std::move(playbooks), std::move(directory));
  terminal.out << PolicyExplanationText(planner, subject.blocker, subject.ticket, now, standing);
  if (!options.drafts) return absl::OkStatus();
  for (const Escalation& step :
       planner.Plan(subject.blocker, subject.ticket, subject.evidence, now, standing)) {
    v1::Escalation proto;
    ToProto(step, &proto);
    terminal.out << "\n" << EscalationDetails(proto);
  }
  return absl::OkStatus();
}

}  // namespace

void AddPolicyExplain(CLI::App& policy, CommandContext& context) {
  auto options = std::make_shared<PolicyExplainOptions>();
  CLI::App* command = policy.add_subcommand(
      "explain", "Shows what a policy would do about a blocker, and why; nothing is done");
  const auto add = [&](const std::string& name, auto* value, const std::string& type,
                       const std::string& help) {
    command->add_option(name, *value, help)->type_name(type)->allow_extra_args(false);
  };
  add("--policy", &options->policy, "FILE", "The policy, in place of the one built in");
  add("--playbooks", &options->playbooks, "FILE", "The playbooks, in place of those built in");
  add("--directory", &options->directory, "FILE", "Who leads the parties that tickets wait for");
  command->add_flag("--drafts", options->drafts,
                    "Shows the message of each step too, with what to do beside it");
  add("--ticket", &options->ticket_file, "FILE",
      "A ticket as a record, which is classified; - is the standard input. The options below take "
      "the place of what it says");
  add("--id", &options->id, "ID", "The record of this id, of several");
  add("--category", &options->category, "NAME", "What it is stuck on, such as CROSS_TEAM");
  add("--reason", &options->reason, "NAME", "Why, such as APPROVAL_OR_SIGN_OFF");
  add("--priority", &options->priority, "NAME", "Such as HIGH");
  add("--opened-at", &options->opened_at, "TIME",
      "When it got stuck, such as 2026-01-31T08:00:00+08:00 [now]");
  add("--at", &options->at, "TIME", "What counts as now [now]");
  add("--tenant", &options->tenant, "NAME", "Its tenant [default]");
  add("--source", &options->source, "NAME", "The tool it lives in, such as jira");
  add("--project", &options->project, "NAME", "Its project");
  add("--label", &options->labels, "NAME", "A label; may be repeated");
  add("--waiting-on", &options->waiting_on, "NAME", "Who must act, in the ticket's words");
  add("--reporter", &options->reporter, "NAME", "Who reported it");
  add("--hangs-on", &options->hangs_on, "KEY",
      "A ticket that it is blocked by and that is stuck itself");
  add("--language", &options->language, "CODE", "en or zh");
  OnCall(*command, context, options, &Explain);
}

}  // namespace clearway
