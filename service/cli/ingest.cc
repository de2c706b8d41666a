#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "service/cli/client.h"
#include "service/cli/commands.h"
#include "service/cli/ingest_tally.h"
#include "service/cli/option_types.h"
#include "service/cli/record_event.h"
#include "service/cli/record_files.h"

namespace clearway {
namespace {

struct IngestOptions {
  ConnectionOptions connection;
  std::vector<std::string> files;
  std::string source;
  std::string project;
  bool acks = false;
};

using Stream =
    grpc::ClientReaderWriter<v1::StreamTicketEventsRequest, v1::StreamTicketEventsResponse>;

// Sends every record of the files; ABORTED when the stream breaks.
absl::Status SendAll(const IngestOptions& options, const Terminal& terminal, Stream& stream,
                     IngestTally& tally) {
  const EventDefaults defaults{options.connection.tenant, options.source, options.project,
                               terminal.clock.Now()};
  int64_t sequence = 0;
  return VisitRecords(options.files, RecordLabels::kIgnored, terminal,
                      [&](const LabelledRecord& record, const RecordPlace& place) -> absl::Status {
                        v1::StreamTicketEventsRequest request;
                        ASSIGN_OR_RETURN(*request.mutable_event(),
                                         MakeEvent(record, place.line, ++sequence, defaults));
                        tally.Sent(place.name);
                        if (stream.Write(request)) return absl::OkStatus();
                        return absl::AbortedError("the stream broke off");
                      });
}

absl::Status Run(const IngestOptions& options, const Terminal& terminal) {
  const Client client(options.connection);
  const auto stub = client.StubOf<v1::TicketEventService>();
  grpc::ClientContext context;
  const std::unique_ptr<Stream> stream = stub->StreamTicketEvents(&context);
  IngestTally tally(terminal, options.acks);
  // Answers are read beside the sending, lest each side wait for the other to make room.
  std::thread reader([&] {
    v1::StreamTicketEventsResponse response;
    while (stream->Read(&response)) tally.Answered(response);
  });
  const absl::Status read = SendAll(options, terminal, *stream, tally);
  stream->WritesDone();
  reader.join();
  const absl::Status ended = ToStatus(stream->Finish());
  const absl::Status answered = tally.Finish();
  if (!ended.ok()) {
    return absl::Status(ended.code(), absl::StrCat(ended.message(), "; ", answered.message()));
  }
  RETURN_IF_ERROR(answered);
  return read;
}

}  // namespace

void AddIngestCommand(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<IngestOptions>();
  CLI::App* command = app.add_subcommand("ingest", "Sends records to clearwayd as ticket events");
  AddJsonLinesOptions(*command, &options->files);
  command->add_option("--source", options->source, "The kind of tool they come from")
      ->required()
      ->type_name("NAME");
  command->add_option("--project", options->project, "The project of records that name none")
      ->type_name("NAME");
  command->add_flag("--acks", options->acks, "Print a line of JSON for every answer");
  AddConnectionOptions(*command, &options->connection);
  OnCall(*command, context, options, &Run);
}

}  // namespace clearway
