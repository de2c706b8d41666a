#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "clearway/v1/escalation_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/escalation_view.h"
#include "service/cli/option_types.h"
#include "service/cli/proto_text.h"

namespace clearway {
namespace {

using Service = v1::EscalationService;

struct WatchOptions {
  ConnectionOptions connection;
  OutputFormat format = OutputFormat::kTable;
  std::string cursor;
  // 0: without end.
  int count = 0;
};

// Where a watch stands.
struct Progress {
  std::string cursor;
  int seen = 0;
};

// Prints what comes until the stream ends or enough was seen. OK only for the latter.
absl::Status WatchOnce(const Client& client, const WatchOptions& options, const Terminal& terminal,
                       Progress* progress) {
  const auto stub = client.StubOf<Service>();
  v1::WatchEscalationsRequest request;
  request.set_parent(options.connection.parent());
  request.set_cursor(progress->cursor);
  grpc::ClientContext context;
  const auto stream = stub->WatchEscalations(&context, request);
  v1::WatchEscalationsResponse response;
  while (stream->Read(&response)) {
    progress->cursor = response.cursor();
    if (!response.has_escalation()) continue;
    terminal.out << (options.format == OutputFormat::kJson
                         ? JsonLine(response.escalation())
                         : EscalationDetails(response.escalation()))
                 << std::endl;
    if (++progress->seen != options.count) continue;
    context.TryCancel();
    return absl::OkStatus();
  }
  const grpc::Status status = stream->Finish();
  return status.ok() ? absl::UnavailableError("the server ended the stream") : ToStatus(status);
}

absl::Status Run(const WatchOptions& options, const Terminal& terminal) {
  constexpr auto kShortestWait = std::chrono::milliseconds(200);
  constexpr auto kLongestWait = std::chrono::milliseconds(30'000);
  const Client client(options.connection);
  Progress progress{options.cursor, 0};
  auto wait = kShortestWait;
  while (true) {
    const std::string from = progress.cursor;
    const absl::Status status = WatchOnce(client, options, terminal, &progress);
    // A server that restarts is waited for, once there was one.
    if (!absl::IsUnavailable(status) || progress.cursor.empty()) return status;
    if (progress.cursor != from) wait = kShortestWait;
    terminal.err << "clearway: " << status.message() << "; trying again from cursor "
                 << progress.cursor << "\n";
    std::this_thread::sleep_for(wait);
    wait = std::min(wait * 2, kLongestWait);
  }
}

}  // namespace

void AddWatchCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* command = app.add_subcommand("watch", "Prints escalations as they fall due");
  command
      ->add_option("--cursor", options->cursor,
                   "Go on after this one; 0 from the beginning; from now on where left out")
      ->type_name("CURSOR");
  command->add_option("--count", options->count, "End after so many; 0 goes on for ever")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->type_name("COUNT");
  AddFormatOption(*command, &options->format);
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
