#pragma once

#include "clearway/v1/escalation_service.grpc.pb.h"
#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/classify/classifier.h"
#include "service/escalation/current_planner.h"
#include "service/server/broadcast.h"
#include "service/server/call.h"
#include "service/server/executor.h"
#include "service/server/resource_names.h"
#include "service/store/store.h"

namespace clearway {

class EscalationHandler final : public v1::EscalationService::CallbackService {
 public:
  // All must outlive this.
  struct Dependencies {
    Store& store;
    const Classifier& classifier;
    const CurrentPlanner& planners;
    const Tenants& tenants;
    const CallRunner& calls;
    const Clock& clock;
    Executor& executor;
    Broadcast& new_escalations;
    DrainSignal& drain;
    Logger& log;
  };
  explicit EscalationHandler(const Dependencies& dependencies) : d_(dependencies) {}

  grpc::ServerUnaryReactor* SuggestEscalations(grpc::CallbackServerContext* context,
                                               const v1::SuggestEscalationsRequest* request,
                                               v1::SuggestEscalationsResponse* response) override;

  grpc::ServerUnaryReactor* ListEscalations(grpc::CallbackServerContext* context,
                                            const v1::ListEscalationsRequest* request,
                                            v1::ListEscalationsResponse* response) override;

  grpc::ServerWriteReactor<v1::WatchEscalationsResponse>* WatchEscalations(
      grpc::CallbackServerContext* context, const v1::WatchEscalationsRequest* request) override;

 private:
  absl::StatusOr<std::vector<Escalation>> SuggestForBlocker(const std::string& name) const;
  absl::StatusOr<std::vector<Escalation>> SuggestForTicket(const v1::Ticket& ticket) const;

  const Dependencies d_;
};

}  // namespace clearway
