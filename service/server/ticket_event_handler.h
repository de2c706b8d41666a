#pragma once

#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "service/base/log.h"
#include "service/server/broadcast.h"
#include "service/server/call.h"
#include "service/server/ingestor.h"

namespace clearway {

// The service's own methods, the stream among them raw; see EventStream.
using TicketEventCallbackService = v1::TicketEventService::WithCallbackMethod_IngestTicketEvent<
    v1::TicketEventService::WithRawCallbackMethod_StreamTicketEvents<
        v1::TicketEventService::Service>>;

class TicketEventHandler final : public TicketEventCallbackService {
 public:
  // All must outlive this.
  TicketEventHandler(const Ingestor& ingestor, const CallRunner& calls, DrainSignal& drain,
                     Logger& log)
      : ingestor_(ingestor), calls_(calls), drain_(drain), log_(log) {}

  grpc::ServerUnaryReactor* IngestTicketEvent(grpc::CallbackServerContext* context,
                                              const v1::IngestTicketEventRequest* request,
                                              v1::IngestTicketEventResponse* response) override;

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamTicketEvents(
      grpc::CallbackServerContext* context) override;

 private:
  const Ingestor& ingestor_;
  const CallRunner& calls_;
  DrainSignal& drain_;
  Logger& log_;
};

}  // namespace clearway
