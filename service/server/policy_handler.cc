#include "service/server/policy_handler.h"

#include "service/base/status_macros.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

void ToProto(const Policies::Info& info, v1::Policy* proto) {
  for (const std::string& ladder : info.ladders) proto->add_ladders(ladder);
  *proto->mutable_load_time() = clearway::ToProto(info.load_time);
}

}  // namespace

grpc::ServerUnaryReactor* PolicyHandler::GetPolicy(grpc::CallbackServerContext* context,
                                                   const v1::GetPolicyRequest* /*request*/,
                                                   v1::GetPolicyResponse* response) {
  ToProto(policies_.info(), response->mutable_policy());
  return calls_.Answer(context, absl::OkStatus());
}

grpc::ServerUnaryReactor* PolicyHandler::ReloadPolicy(grpc::CallbackServerContext* context,
                                                      const v1::ReloadPolicyRequest* /*request*/,
                                                      v1::ReloadPolicyResponse* response) {
  return calls_.Read(context, [this, response]() -> absl::Status {
    RETURN_IF_ERROR(policies_.Reload());
    ToProto(policies_.info(), response->mutable_policy());
    return absl::OkStatus();
  });
}

}  // namespace clearway
