#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/escalation/current_planner.h"
#include "service/server/policy_metrics.h"

namespace clearway {

// The policy and playbooks that escalations follow, exchanged at once when their files are read
// again. Thread-safe.
class Policies {
 public:
  // Reads the files. Its errors name the file.
  using Load = std::function<absl::StatusOr<std::shared_ptr<const Planner>>()>;

  struct Info {
    std::vector<std::string> ladders;
    absl::Time load_time;
  };

  // `initial` must not be null. Clock, log and registry must outlive this.
  Policies(std::shared_ptr<const Planner> initial, Load load, const Clock& clock, Logger& log,
           prometheus::Registry& registry);

  // What plans; valid as long as this, also while policies are exchanged.
  const CurrentPlanner& planners() const { return planners_; }

  Info info() const;

  // Reads the files again and, if all of them can be used, takes them in. FAILED_PRECONDITION
  // otherwise, and the policy in use stays. Counted and logged either way. Calls that come
  // meanwhile wait for their turn.
  absl::Status Reload();

 private:
  const Load load_;
  const Clock& clock_;
  Logger& log_;
  PolicyMetrics metrics_;
  CurrentPlanner planners_;
  // One at a time reads files.
  std::mutex reloading_;
  mutable std::mutex mutex_;
  Info info_;
};

}  // namespace clearway
