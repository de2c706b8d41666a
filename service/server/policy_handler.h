#pragma once

#include "clearway/v1/policy_service.grpc.pb.h"
#include "service/server/call.h"
#include "service/server/policies.h"

namespace clearway {

class PolicyHandler final : public v1::PolicyService::CallbackService {
 public:
  // Both must outlive this.
  PolicyHandler(Policies& policies, const CallRunner& calls) : policies_(policies), calls_(calls) {}

  grpc::ServerUnaryReactor* GetPolicy(grpc::CallbackServerContext* context,
                                      const v1::GetPolicyRequest* request,
                                      v1::GetPolicyResponse* response) override;

  grpc::ServerUnaryReactor* ReloadPolicy(grpc::CallbackServerContext* context,
                                         const v1::ReloadPolicyRequest* request,
                                         v1::ReloadPolicyResponse* response) override;

 private:
  Policies& policies_;
  const CallRunner& calls_;
};

}  // namespace clearway
