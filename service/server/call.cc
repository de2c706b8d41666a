#include "service/server/call.h"

#include <algorithm>
#include <utility>

#include "service/server/status_util.h"

namespace clearway {

grpc::ServerUnaryReactor* CallRunner::Answer(grpc::CallbackServerContext* context,
                                             const absl::Status& status) const {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status, log_));
  return reactor;
}

grpc::ServerUnaryReactor* CallRunner::Read(grpc::CallbackServerContext* context,
                                           std::function<absl::Status()> work) const {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const bool accepted =
      executor_.Submit([this, reactor, wanted = StillWanted(context), work = std::move(work)] {
        absl::Status status = wanted();
        if (status.ok()) status = work();
        reactor->Finish(ToGrpcStatus(status, log_));
      });
  if (!accepted) {
    reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED,
                     "too many reads are under way; wait a second and call again"});
  }
  return reactor;
}

grpc::ServerUnaryReactor* CallRunner::Write(grpc::CallbackServerContext* context,
                                            GroupCommit::Work work,
                                            std::function<void()> committed) const {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  commits_.Submit(StillWanted(context), std::move(work),
                  [this, reactor, committed = std::move(committed)](const absl::Status& status) {
                    if (status.ok()) committed();
                    reactor->Finish(ToGrpcStatus(status, log_));
                  });
  return reactor;
}

GroupCommit::Precheck CallRunner::StillWanted(grpc::CallbackServerContext* context) const {
  const absl::Time deadline =
      std::min(absl::FromChrono(context->deadline()), clock_.Now() + options_.max_deadline);
  return [this, context, deadline]() -> absl::Status {
    if (context->IsCancelled()) return absl::CancelledError("the caller has gone");
    if (clock_.Now() >= deadline) {
      return absl::DeadlineExceededError("the call's time was over before its turn came");
    }
    return absl::OkStatus();
  };
}

}  // namespace clearway
