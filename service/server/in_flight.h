#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/time/time.h"

namespace clearway {

// Counts calls under way, so that a drain can tell when the last one has ended. Thread-safe; an
// atomic step per call while nobody waits.
class InFlightCalls {
 public:
  void Begin() { ++count_; }

  void End() {
    if (--count_ > 0 || !awaited_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    none_.notify_all();
  }

  // Returns when there is none, or after `patience`.
  void AwaitNone(absl::Duration patience) {
    awaited_ = true;
    std::unique_lock<std::mutex> lock(mutex_);
    none_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return count_ == 0; });
  }

 private:
  std::atomic<int64_t> count_{0};
  std::atomic<bool> awaited_{false};
  std::mutex mutex_;
  std::condition_variable none_;
};

}  // namespace clearway
