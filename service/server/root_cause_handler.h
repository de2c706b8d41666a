#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

#include "clearway/v1/root_cause_service.grpc.pb.h"
#include "service/base/clock.h"
#include "service/server/call.h"
#include "service/server/resource_names.h"
#include "service/store/store.h"

namespace clearway {

class RootCauseHandler final : public v1::RootCauseService::CallbackService {
 public:
  // All must outlive this.
  RootCauseHandler(Store& store, const Tenants& tenants, const CallRunner& calls,
                   const Clock& clock)
      : store_(store), tenants_(tenants), calls_(calls), clock_(clock) {}

  grpc::ServerUnaryReactor* GetRootCauses(grpc::CallbackServerContext* context,
                                          const v1::GetRootCausesRequest* request,
                                          v1::GetRootCausesResponse* response) override;

 private:
  // What people know the ticket by, and what its blocker is held to be.
  absl::Status Describe(const std::string& tenant, int64_t blocker_id, v1::RootCause* root) const;

  Store& store_;
  const Tenants& tenants_;
  const CallRunner& calls_;
  const Clock& clock_;
};

}  // namespace clearway
