#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "prometheus/counter.h"
#include "prometheus/registry.h"

#include "service/store/store.h"

namespace clearway {

// clearway_store_retries_total{backend,cause}: what a store did over again by itself, of which its
// callers notice nothing but the time. Thread-safe.
class RetryMetrics {
 public:
  // `registry` must outlive this.
  RetryMetrics(const std::string& backend, prometheus::Registry& registry);

  void Count(StoreRetry cause) { counters_[static_cast<size_t>(cause)]->Increment(); }

 private:
  std::array<prometheus::Counter*, kStoreRetryCount> counters_{};
};

}  // namespace clearway
