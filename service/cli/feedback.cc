#include <memory>
#include <string>

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/feedback_export.h"
#include "service/domain/taxonomy.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

using Service = v1::BlockerService;

struct FeedbackOptions {
  ConnectionOptions connection;
  std::string blocker;
  std::string source;
  std::string ticket;
  std::string actor;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  Category secondary = Category::kUnspecified;
  std::string waiting_on;
  std::string note;
};

absl::Status Run(const FeedbackOptions& options, const Terminal& terminal) {
  v1::SubmitFeedbackRequest request;
  if (options.blocker.empty()) {
    request.set_parent(options.connection.parent());
    request.set_source(options.source);
    request.set_ticket(options.ticket);
  } else {
    request.set_name(FullBlockerName(options.connection, options.blocker));
  }
  request.set_actor(options.actor);
  request.set_category(ToProto(options.category));
  request.set_reason(ToProto(options.reason));
  request.set_secondary(ToProto(options.secondary));
  request.set_waiting_on(options.waiting_on);
  request.set_note(options.note);
  ASSIGN_OR_RETURN(
      const v1::SubmitFeedbackResponse response,
      Client(options.connection).Call<Service>(&Service::Stub::SubmitFeedback, request));
  terminal.out << (response.agrees() ? "kept: confirms the verdict\n"
                                     : "kept: differs from the verdict\n");
  return absl::OkStatus();
}

// Reads a name of the taxonomy by `parse` into `value`.
template <typename Enum, typename Parse>
CLI::Option* AddNameOption(CLI::App& command, const std::string& name, Enum* value, Parse parse,
                           const std::string& help) {
  return command
      .add_option_function<std::string>(
          name,
          [name, value, parse](const std::string& text) {
            const std::optional<Enum> parsed = parse(text);
            if (!parsed.has_value()) {
              throw CLI::ValidationError(name, "\"" + text + "\" is not in the taxonomy");
            }
            *value = *parsed;
          },
          help)
      ->type_name("NAME");
}

// By hand, for `feedback export` needs none of it.
void CheckGiven(const FeedbackOptions& options) {
  const bool names_ticket = !options.source.empty() && !options.ticket.empty();
  if (options.blocker.empty() && !names_ticket) {
    throw CLI::RequiredError("a blocker, or --source and --ticket,");
  }
  if (!options.blocker.empty() && (!options.source.empty() || !options.ticket.empty())) {
    throw CLI::ValidationError("blocker", "names its ticket; leave --source and --ticket out");
  }
  if (options.category == Category::kUnspecified) throw CLI::RequiredError("--category");
  if (options.actor.empty()) throw CLI::RequiredError("--actor");
}

}  // namespace

void AddFeedbackCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<FeedbackOptions>();
  CLI::App* command = app.add_subcommand("feedback", "Says whether a verdict was right");
  command->add_option("blocker", options->blocker, "Its number, or tenants/TENANT/blockers/NUMBER");
  command
      ->add_option("--source", options->source,
                   "In place of a blocker: the ticket's tool, say jira")
      ->type_name("NAME");
  command->add_option("--ticket", options->ticket, "The ticket's key in that tool")
      ->type_name("KEY");
  AddNameOption(*command, "--category", &options->category, &ParseCategory,
                "What the ticket is, for example CROSS_TEAM or NOT_BLOCKED");
  AddNameOption(*command, "--reason", &options->reason, &ParseReason,
                "Why, for example APPROVAL_OR_SIGN_OFF");
  AddNameOption(*command, "--secondary", &options->secondary, &ParseCategory,
                "A second cause, another category");
  command->add_option("--waiting-on", options->waiting_on, "Who must act, in the ticket's words")
      ->type_name("TEXT");
  command->add_option("--actor", options->actor, "Who judges")->envname("USER")->type_name("NAME");
  command->add_option("--note", options->note, "Anything else")->type_name("TEXT");
  AddConnectionOptions(*command, &options->connection);
  AddFeedbackExport(*command, context);
  command->callback([command, &context, options] {
    if (!command->get_subcommands().empty()) return;
    CheckGiven(*options);
    context.action = [&context, options] { return Run(*options, context.terminal); };
  });
}

}  // namespace clearway
