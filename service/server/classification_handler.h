#pragma once

#include "clearway/v1/classification_service.grpc.pb.h"
#include "service/classify/classifier.h"
#include "service/domain/review.h"
#include "service/server/call.h"
#include "service/server/resource_names.h"

namespace clearway {

class ClassificationHandler final : public v1::ClassificationService::CallbackService {
 public:
  // All must outlive this.
  ClassificationHandler(const Classifier& classifier, const ReviewPolicy& review,
                        const Tenants& tenants, const CallRunner& calls)
      : classifier_(classifier), review_(review), tenants_(tenants), calls_(calls) {}

  grpc::ServerUnaryReactor* ClassifyTicket(grpc::CallbackServerContext* context,
                                           const v1::ClassifyTicketRequest* request,
                                           v1::ClassifyTicketResponse* response) override;

  grpc::ServerUnaryReactor* BatchClassifyTickets(
      grpc::CallbackServerContext* context, const v1::BatchClassifyTicketsRequest* request,
      v1::BatchClassifyTicketsResponse* response) override;

 private:
  // The verdict on a request's ticket as its tenant, where it names one, would see it.
  Classification Classify(const v1::ClassifyTicketRequest& request) const;

  const Classifier& classifier_;
  const ReviewPolicy& review_;
  const Tenants& tenants_;
  const CallRunner& calls_;
};

}  // namespace clearway
