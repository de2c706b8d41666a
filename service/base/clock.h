#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace clearway {

// Where the time comes from; tests pass one that stands still. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's wall clock, in whole microseconds: finer parts would be lost on their way through
// the store, and an answer would differ from what is read later.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override {
    return absl::FromUnixMicros(absl::GetCurrentTimeNanos() / 1000);
  }
};

}  // namespace clearway
