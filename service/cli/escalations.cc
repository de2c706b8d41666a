#include <memory>
#include <string>
#include <vector>

#include "clearway/v1/escalation_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/escalation_view.h"
#include "service/cli/option_types.h"
#include "service/cli/paging.h"
#include "service/cli/proto_text.h"

namespace clearway {
namespace {

using Service = v1::EscalationService;

struct ListOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string blocker;
  int limit = 50;
};

struct SuggestOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string blocker;
};

absl::Status List(const ListOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  v1::ListEscalationsRequest request;
  request.set_parent(options.connection.parent());
  if (!options.blocker.empty()) {
    request.set_blocker(FullBlockerName(options.connection, options.blocker));
  }
  std::vector<v1::Escalation> escalations;
  RETURN_IF_ERROR(ReadPages(
      request, options.limit,
      [&](const v1::ListEscalationsRequest& page) {
        return client.Call<Service>(&Service::Stub::ListEscalations, page);
      },
      [&](const v1::ListEscalationsResponse& page) {
        for (const v1::Escalation& escalation : page.escalations()) {
          if (options.format == OutputFormat::kJson) {
            terminal.out << JsonLine(escalation) << "\n";
          } else {
            escalations.push_back(escalation);
          }
        }
        return page.escalations_size();
      }));
  if (options.format == OutputFormat::kTable) terminal.out << EscalationTable(escalations);
  return absl::OkStatus();
}

absl::Status Suggest(const SuggestOptions& options, const Terminal& terminal) {
  v1::SuggestEscalationsRequest request;
  request.set_blocker(FullBlockerName(options.connection, options.blocker));
  ASSIGN_OR_RETURN(
      const v1::SuggestEscalationsResponse response,
      Client(options.connection).Call<Service>(&Service::Stub::SuggestEscalations, request));
  for (const v1::Escalation& step : response.escalations()) {
    terminal.out << (options.format == OutputFormat::kJson ? JsonLine(step)
                                                           : EscalationDetails(step))
                 << "\n";
  }
  return absl::OkStatus();
}

void AddList(CLI::App& escalations, CommandContext& context) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      escalations.add_subcommand("list", "Lists the steps that fell due, newest first");
  command->add_option("--blocker", options->blocker, "Of this blocker alone")->type_name("BLOCKER");
  command->add_option("--limit", options->limit, "At most so many; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("COUNT");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &List);
}

void AddSuggest(CLI::App& escalations, CommandContext& context) {
  auto options = std::make_shared<SuggestOptions>();
  CLI::App* command =
      escalations.add_subcommand("suggest", "Shows the whole ladder of a blocker with its drafts");
  command->add_option("blocker", options->blocker, "Its number, or tenants/TENANT/blockers/NUMBER")
      ->required();
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Suggest);
}

}  // namespace

void AddEscalationsCommand(CLI::App& app, CommandContext& context) {
  CLI::App* escalations = app.add_subcommand("escalations", "Says who should be told what");
  escalations->require_subcommand(1);
  AddList(*escalations, context);
  AddSuggest(*escalations, context);
}

}  // namespace clearway
