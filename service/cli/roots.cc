#include <memory>
#include <string>
#include <vector>

#include "clearway/v1/root_cause_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/option_types.h"
#include "service/cli/paging.h"
#include "service/cli/proto_text.h"
#include "service/cli/root_view.h"

namespace clearway {
namespace {

using Service = v1::RootCauseService;

struct RootsOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string project;
  int limit = 20;
  int hanging = 10;
  double daily_cost = 0;
};

absl::Status Run(const RootsOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  v1::GetRootCausesRequest request;
  request.set_parent(options.connection.parent());
  request.set_project(options.project);
  request.set_max_hanging(options.hanging);
  request.set_daily_cost(options.daily_cost);
  std::vector<v1::RootCause> roots;
  int pending = 0;
  RETURN_IF_ERROR(ReadPages(
      request, options.limit,
      [&](const v1::GetRootCausesRequest& page) {
        return client.Call<Service>(&Service::Stub::GetRootCauses, page);
      },
      [&](const v1::GetRootCausesResponse& page) {
        pending = page.pending_changes();
        for (const v1::RootCause& root : page.root_causes()) {
          if (options.format == OutputFormat::kJson) {
            terminal.out << JsonLine(root) << "\n";
          } else {
            roots.push_back(root);
          }
        }
        return page.root_causes_size();
      }));
  if (options.format == OutputFormat::kTable) {
    terminal.out << RootTable(roots, options.daily_cost > 0);
  }
  if (pending > 0) {
    terminal.err << "clearway: " << pending
                 << " changes of links are not worked out yet; ask again in a moment\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddRootsCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<RootsOptions>();
  CLI::App* command =
      app.add_subcommand("roots", "Lists the tickets on which the others hang, the heaviest first");
  command->add_option("--project", options->project, "On which tickets of this project hang")
      ->type_name("NAME");
  command->add_option("--limit", options->limit, "At most so many; 0 for all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("COUNT");
  command->add_option("--hanging", options->hanging, "At most so many tickets told with each")
      ->capture_default_str()
      ->check(CLI::Range(1, 100))
      ->type_name("COUNT");
  command
      ->add_option("--daily-cost", options->daily_cost,
                   "What a ticket's being blocked for a day costs; 0 leaves costs out")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("NUMBER");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
