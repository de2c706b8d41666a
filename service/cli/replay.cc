#include <memory>
#include <string>

#include "absl/strings/str_cat.h"

#include "clearway/v1/replay_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/confirm.h"
#include "service/cli/option_types.h"
#include "service/cli/proto_text.h"
#include "service/cli/replay_view.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

struct ReplayOptions {
  ConnectionOptions connection;
  absl::Duration since = absl::Hours(24 * 30);
  std::string model;
  std::string policy;
  std::string actor;
  bool dry_run = false;
  bool yes = false;
  OutputFormat format = OutputFormat::kTable;
};

v1::ReplayTicketEventsRequest RequestOf(const ReplayOptions& options, absl::Time now) {
  v1::ReplayTicketEventsRequest request;
  request.set_parent(options.connection.parent());
  *request.mutable_start_time() = ToProto(now - options.since);
  request.set_model_file(options.model);
  request.set_policy_file(options.policy);
  request.set_actor(options.actor);
  request.set_validate_only(true);
  return request;
}

// Prints what is streamed. The summary, where the stream came to its end.
absl::StatusOr<v1::ReplaySummary> Stream(const v1::ReplayTicketEventsRequest& request,
                                         const ReplayOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  const auto stub = client.StubOf<v1::ReplayService>();
  grpc::ClientContext context;
  const auto stream = stub->ReplayTicketEvents(&context, request);
  v1::ReplayTicketEventsResponse response;
  v1::ReplaySummary summary;
  while (stream->Read(&response)) {
    if (response.has_summary()) summary = response.summary();
    if (options.format == OutputFormat::kJson) {
      terminal.out << JsonLine(response) << std::endl;
    } else if (response.has_difference()) {
      terminal.out << DifferenceText(response.difference()) << std::flush;
    } else {
      terminal.out << SummaryText(summary, !request.validate_only()) << std::flush;
    }
  }
  RETURN_IF_ERROR(ToStatus(stream->Finish()));
  return summary;
}

absl::Status Run(const ReplayOptions& options, const Terminal& terminal) {
  v1::ReplayTicketEventsRequest request = RequestOf(options, terminal.clock.Now());
  ASSIGN_OR_RETURN(const v1::ReplaySummary would, Stream(request, options, terminal));
  if (options.dry_run || would.difference_count() == 0) return absl::OkStatus();
  if (would.model_version() != would.live_model_version()) {
    terminal.err << "clearway: " << would.model_version()
                 << " is not the model in use: the next event of a ticket is judged by "
                 << would.live_model_version() << " again\n";
  }
  RETURN_IF_ERROR(Confirm(absl::StrCat("Write these ", would.difference_count(), " changes?"),
                          options.yes, terminal));
  request.set_validate_only(false);
  return Stream(request, options, terminal).status();
}

}  // namespace

void AddReplayCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand(
      "replay", "Puts kept events through another model or policy and shows what would differ");
  AddDurationOption(*command, "--since", &options->since,
                    "Tickets with an event received within this time");
  command
      ->add_option("--model", options->model,
                   "A file in the server's replay_folder; the model in use where left out")
      ->type_name("FILE");
  CLI::Option* policy =
      command
          ->add_option("--policy", options->policy,
                       "A file in the server's replay_folder; only with --dry-run")
          ->type_name("FILE");
  CLI::Option* dry_run =
      command->add_flag("--dry-run", options->dry_run, "Only shows it; nothing is written");
  policy->needs(dry_run);
  command->add_flag("--yes", options->yes, "Writes what was shown without asking");
  command->add_option("--actor", options->actor, "Who asks")->envname("USER")->type_name("NAME");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  command->callback([&context, options] {
    if (!options->dry_run && options->actor.empty()) throw CLI::RequiredError("--actor");
    context.action = [&context, options] { return Run(*options, context.terminal); };
  });
}

}  // namespace clearway
