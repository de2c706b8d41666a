#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "service/escalation/planner.h"

namespace clearway {

// The planner in use, which may be exchanged at any time. Whoever takes it keeps working by the one
// policy to the end of his work. Thread-safe.
class CurrentPlanner {
 public:
  // Not null.
  explicit CurrentPlanner(std::shared_ptr<const Planner> planner) : planner_(std::move(planner)) {}
  explicit CurrentPlanner(Planner planner)
      : CurrentPlanner(std::make_shared<const Planner>(std::move(planner))) {}

  std::shared_ptr<const Planner> Get() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return planner_;
  }

  // What goes is freed without the lock, by whoever lets it go last.
  void Swap(std::shared_ptr<const Planner> planner) {
    const std::lock_guard<std::mutex> lock(mutex_);
    planner_.swap(planner);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Planner> planner_;
};

}  // namespace clearway
