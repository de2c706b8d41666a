#include <memory>
#include <string>

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/domain/taxonomy.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

using Service = v1::BlockerService;

struct FeedbackOptions {
  ConnectionOptions connection;
  std::string blocker;
  std::string actor;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::string waiting_on;
  std::string note;
};

absl::Status Run(const FeedbackOptions& options, const Terminal& terminal) {
  v1::SubmitFeedbackRequest request;
  request.set_name(FullBlockerName(options.connection, options.blocker));
  request.set_actor(options.actor);
  request.set_category(ToProto(options.category));
  request.set_reason(ToProto(options.reason));
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

}  // namespace

void AddFeedbackCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<FeedbackOptions>();
  CLI::App* command = app.add_subcommand("feedback", "Says whether a verdict was right");
  command->add_option("blocker", options->blocker, "Its number, or tenants/TENANT/blockers/NUMBER")
      ->required();
  AddNameOption(*command, "--category", &options->category, &ParseCategory,
                "What the ticket is, for example CROSS_TEAM or NOT_BLOCKED")
      ->required();
  AddNameOption(*command, "--reason", &options->reason, &ParseReason,
                "Why, for example APPROVAL_OR_SIGN_OFF");
  command->add_option("--waiting-on", options->waiting_on, "Who must act, in the ticket's words")
      ->type_name("TEXT");
  command->add_option("--actor", options->actor, "Who judges")
      ->envname("USER")
      ->required()
      ->type_name("NAME");
  command->add_option("--note", options->note, "Anything else")->type_name("TEXT");
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
