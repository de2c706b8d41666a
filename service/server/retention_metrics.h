#pragma once

#include <array>
#include <cstdint>

#include "prometheus/counter.h"
#include "prometheus/registry.h"

#include "service/domain/erasure.h"

namespace clearway {

// What the configuration keeps for a time only; the label `kept` of clearway_purged_rows_total.
enum class Retained { kRawEvents, kResolvedBlockers, kFeedback, kTickets };
inline constexpr size_t kRetainedCount = 4;

// The key of the configuration: "raw_events".
const char* RetainedName(Retained retained);

// Counts what was erased, deleted and replayed. Thread-safe.
class RetentionMetrics {
 public:
  // `registry` must outlive this.
  explicit RetentionMetrics(prometheus::Registry& registry);

  void Erased(ErasureKind kind, int64_t rows);
  void Purged(Retained retained, int64_t rows);
  void PurgeDone(bool ok) { (ok ? purges_ok_ : purges_failed_).Increment(); }

 private:
  prometheus::Counter& erased_tickets_;
  prometheus::Counter& erased_authors_;
  std::array<prometheus::Counter*, kRetainedCount> purged_{};
  prometheus::Counter& purges_ok_;
  prometheus::Counter& purges_failed_;
};

}  // namespace clearway
