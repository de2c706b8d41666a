#pragma once

#include "clearway/v1/model_service.grpc.pb.h"
#include "service/server/call.h"
#include "service/server/models.h"

namespace clearway {

class ModelHandler final : public v1::ModelService::CallbackService {
 public:
  // Both must outlive this.
  ModelHandler(Models& models, const CallRunner& calls) : models_(models), calls_(calls) {}

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;

  grpc::ServerUnaryReactor* ReloadModel(grpc::CallbackServerContext* context,
                                        const v1::ReloadModelRequest* request,
                                        v1::ReloadModelResponse* response) override;

 private:
  Models& models_;
  const CallRunner& calls_;
};

}  // namespace clearway
