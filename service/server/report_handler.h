#pragma once

#include "clearway/v1/report_service.grpc.pb.h"
#include "service/base/clock.h"
#include "service/server/call.h"
#include "service/server/resource_names.h"
#include "service/store/store.h"

namespace clearway {

class ReportHandler final : public v1::ReportService::CallbackService {
 public:
  // All must outlive this.
  ReportHandler(Store& store, const Tenants& tenants, const CallRunner& calls, const Clock& clock)
      : store_(store), tenants_(tenants), calls_(calls), clock_(clock) {}

  grpc::ServerUnaryReactor* GetBlockerReport(grpc::CallbackServerContext* context,
                                             const v1::GetBlockerReportRequest* request,
                                             v1::GetBlockerReportResponse* response) override;

 private:
  Store& store_;
  const Tenants& tenants_;
  const CallRunner& calls_;
  const Clock& clock_;
};

}  // namespace clearway
