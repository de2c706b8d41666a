#include "service/server/ticket_event_handler.h"

#include <utility>

#include "service/server/event_stream.h"
#include "service/server/status_util.h"

namespace clearway {

grpc::ServerUnaryReactor* TicketEventHandler::IngestTicketEvent(
    grpc::CallbackServerContext* context, const v1::IngestTicketEventRequest* request,
    v1::IngestTicketEventResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  ingestor_.Ingest(request->event(), calls_.StillWanted(context),
                   [this, reactor, response](const absl::StatusOr<IngestOutcome>& outcome) {
                     if (outcome.ok()) ToProto(*outcome, response);
                     reactor->Finish(ToGrpcStatus(outcome.status(), log_));
                   });
  return reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* TicketEventHandler::StreamTicketEvents(
    grpc::CallbackServerContext* context) {
  return new EventStream(*context, ingestor_, drain_, log_);
}

}  // namespace clearway
