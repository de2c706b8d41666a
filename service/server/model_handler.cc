#include "service/server/model_handler.h"

#include "service/base/status_macros.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

void ToProto(const Models::Info& info, v1::Model* proto) {
  proto->set_version(info.version);
  *proto->mutable_load_time() = clearway::ToProto(info.load_time);
  proto->set_shadow_version(info.shadow_version);
}

}  // namespace

grpc::ServerUnaryReactor* ModelHandler::GetModel(grpc::CallbackServerContext* context,
                                                 const v1::GetModelRequest* /*request*/,
                                                 v1::GetModelResponse* response) {
  ToProto(models_.info(), response->mutable_model());
  return calls_.Answer(context, absl::OkStatus());
}

grpc::ServerUnaryReactor* ModelHandler::ReloadModel(grpc::CallbackServerContext* context,
                                                    const v1::ReloadModelRequest* /*request*/,
                                                    v1::ReloadModelResponse* response) {
  return calls_.Read(context, [this, response]() -> absl::Status {
    RETURN_IF_ERROR(models_.Reload());
    ToProto(models_.info(), response->mutable_model());
    return absl::OkStatus();
  });
}

}  // namespace clearway
