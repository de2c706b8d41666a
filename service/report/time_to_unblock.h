#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace clearway {

// Nearest-rank percentiles of the time from (re-)opening to resolution.
struct TimeToUnblock {
  absl::Duration p50;
  absl::Duration p85;
  absl::Duration p95;

  friend bool operator==(const TimeToUnblock&, const TimeToUnblock&) = default;
};

// Gathers times in whole seconds, within 1 MB however many there are: exact for the first 65,536,
// beyond them exact below 68 minutes and within 0.025 % above.
class UnblockTimes {
 public:
  // A negative one counts as 0.
  void Add(absl::Duration time);
  // nullopt when there are none. Sorts what it holds.
  std::optional<TimeToUnblock> Percentiles();

 private:
  // Seconds of the one with this rank, from 1.
  int64_t AtRank(int64_t rank) const;

  int64_t count_ = 0;
  // All of them, until there are too many.
  std::vector<int64_t> seconds_;
  // How many there are in each class of times; empty until then.
  std::vector<uint32_t> classes_;
};

}  // namespace clearway
