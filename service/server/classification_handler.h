#pragma once

#include "clearway/v1/classification_service.grpc.pb.h"
#include "service/classify/classifier.h"
#include "service/server/call.h"

namespace clearway {

class ClassificationHandler final : public v1::ClassificationService::CallbackService {
 public:
  // All must outlive this.
  ClassificationHandler(const Classifier& classifier, const CallRunner& calls)
      : classifier_(classifier), calls_(calls) {}

  grpc::ServerUnaryReactor* ClassifyTicket(grpc::CallbackServerContext* context,
                                           const v1::ClassifyTicketRequest* request,
                                           v1::ClassifyTicketResponse* response) override;

  grpc::ServerUnaryReactor* BatchClassifyTickets(
      grpc::CallbackServerContext* context, const v1::BatchClassifyTicketsRequest* request,
      v1::BatchClassifyTicketsResponse* response) override;

 private:
  const Classifier& classifier_;
  const CallRunner& calls_;
};

}  // namespace clearway
