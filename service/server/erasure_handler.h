#pragma once

#include "clearway/v1/erasure_service.grpc.pb.h"
#include "service/server/call.h"
#include "service/server/erasing.h"
#include "service/server/resource_names.h"
#include "service/store/store.h"

namespace clearway {

class ErasureHandler final : public v1::ErasureService::CallbackService {
 public:
  // All must outlive this.
  ErasureHandler(Erasing& erasing, Store& store, const Tenants& tenants, const CallRunner& calls)
      : erasing_(erasing), store_(store), tenants_(tenants), calls_(calls) {}

  grpc::ServerUnaryReactor* EraseTicketTexts(grpc::CallbackServerContext* context,
                                             const v1::EraseTicketTextsRequest* request,
                                             v1::EraseTicketTextsResponse* response) override;

  grpc::ServerUnaryReactor* EraseAuthorTexts(grpc::CallbackServerContext* context,
                                             const v1::EraseAuthorTextsRequest* request,
                                             v1::EraseAuthorTextsResponse* response) override;

  grpc::ServerUnaryReactor* ListErasures(grpc::CallbackServerContext* context,
                                         const v1::ListErasuresRequest* request,
                                         v1::ListErasuresResponse* response) override;

 private:
  Erasing& erasing_;
  Store& store_;
  const Tenants& tenants_;
  const CallRunner& calls_;
};

}  // namespace clearway
