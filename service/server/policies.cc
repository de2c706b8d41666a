#include "service/server/policies.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace clearway {

Policies::Policies(std::shared_ptr<const Planner> initial, Load load, const Clock& clock,
                   Logger& log, prometheus::Registry& registry)
    : load_(std::move(load)),
      clock_(clock),
      log_(log),
      metrics_(registry),
      planners_(initial),
      info_{initial->LadderNames(), clock.Now()} {}

Policies::Info Policies::info() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return info_;
}

absl::Status Policies::Reload() {
  const std::lock_guard<std::mutex> one_at_a_time(reloading_);
  absl::StatusOr<std::shared_ptr<const Planner>> planner = load_();
  metrics_.Reloaded(planner.ok());
  if (!planner.ok()) {
    log_.Warning("the policy was not reloaded; the one in use stays",
                 {{"error", std::string(planner.status().message())}});
    return absl::FailedPreconditionError(
        absl::StrCat(planner.status().message(), "; the policy in use stays"));
  }
  Info info{(*planner)->LadderNames(), clock_.Now()};
  log_.Info("policy reloaded", {{"ladders", absl::StrJoin(info.ladders, ",")}});
  planners_.Swap(*std::move(planner));
  const std::lock_guard<std::mutex> lock(mutex_);
  info_ = std::move(info);
  return absl::OkStatus();
}

}  // namespace clearway
