#pragma once

#include <algorithm>
#include <cmath>

#include "absl/time/time.h"

#include "service/base/random.h"

namespace clearway {

// How long to wait before another attempt: twice as long each time up to a bound, and by chance
// between half of that and all of it, so that those who failed together do not come back together.
struct Backoff {
  absl::Duration first = absl::Milliseconds(10);
  absl::Duration longest = absl::Seconds(1);

  // Before attempt 1, 2, … (0 was the first).
  absl::Duration Before(int attempt, Random& random) const {
    const absl::Duration whole = std::min(longest, first * std::exp2(std::min(attempt - 1, 30)));
    return whole * (0.5 + 0.5 * random.Uniform());
  }
};

}  // namespace clearway
