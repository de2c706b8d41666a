#pragma once

#include "prometheus/counter.h"
#include "prometheus/registry.h"

namespace clearway {

// Counts what replays looked at and wrote. Thread-safe.
class ReplayMetrics {
 public:
  // `registry` must outlive this.
  explicit ReplayMetrics(prometheus::Registry& registry);

  // One ticket; `written` only where it differed.
  void Compared(bool differs, bool written);

 private:
  prometheus::Counter& same_;
  prometheus::Counter& different_;
  prometheus::Counter& written_;
};

}  // namespace clearway
