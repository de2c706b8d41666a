#pragma once

#include <mutex>

#include "absl/time/time.h"

#include "service/base/clock.h"

namespace clearway::testing {

// Stands still until it is told. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1'770'000'000)) : now_(now) {}

  absl::Time Now() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    const std::lock_guard<std::mutex> lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace clearway::testing
