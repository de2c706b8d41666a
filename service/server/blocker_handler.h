#pragma once

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "service/base/clock.h"
#include "service/intake/intake.h"
#include "service/server/after_commit.h"
#include "service/server/call.h"
#include "service/server/resource_names.h"
#include "service/store/store.h"

namespace clearway {

class BlockerHandler final : public v1::BlockerService::CallbackService {
 public:
  // All must outlive this.
  BlockerHandler(Store& store, const Intake& intake, const Tenants& tenants,
                 const CallRunner& calls, const Clock& clock, const AfterCommit& after_commit)
      : store_(store),
        intake_(intake),
        tenants_(tenants),
        calls_(calls),
        clock_(clock),
        after_commit_(after_commit) {}

  grpc::ServerUnaryReactor* GetBlocker(grpc::CallbackServerContext* context,
                                       const v1::GetBlockerRequest* request,
                                       v1::GetBlockerResponse* response) override;

  grpc::ServerUnaryReactor* ListBlockers(grpc::CallbackServerContext* context,
                                         const v1::ListBlockersRequest* request,
                                         v1::ListBlockersResponse* response) override;

  grpc::ServerUnaryReactor* AcknowledgeBlocker(grpc::CallbackServerContext* context,
                                               const v1::AcknowledgeBlockerRequest* request,
                                               v1::AcknowledgeBlockerResponse* response) override;

  grpc::ServerUnaryReactor* SnoozeBlocker(grpc::CallbackServerContext* context,
                                          const v1::SnoozeBlockerRequest* request,
                                          v1::SnoozeBlockerResponse* response) override;

  grpc::ServerUnaryReactor* ResolveBlocker(grpc::CallbackServerContext* context,
                                           const v1::ResolveBlockerRequest* request,
                                           v1::ResolveBlockerResponse* response) override;

  grpc::ServerUnaryReactor* SubmitFeedback(grpc::CallbackServerContext* context,
                                           const v1::SubmitFeedbackRequest* request,
                                           v1::SubmitFeedbackResponse* response) override;

  grpc::ServerUnaryReactor* ListFeedback(grpc::CallbackServerContext* context,
                                         const v1::ListFeedbackRequest* request,
                                         v1::ListFeedbackResponse* response) override;

 private:
  Store& store_;
  const Intake& intake_;
  const Tenants& tenants_;
  const CallRunner& calls_;
  const Clock& clock_;
  const AfterCommit& after_commit_;
};

}  // namespace clearway
