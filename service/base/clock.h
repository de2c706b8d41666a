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

// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace clearway
