#include "service/server/retention_metrics.h"

#include "prometheus/family.h"

namespace clearway {
namespace {

prometheus::Counter& Erasures(prometheus::Registry& registry, const char* kind) {
  return prometheus::BuildCounter()
      .Name("clearway_erased_rows_total")
      .Help("Rows whose texts were erased because somebody asked for it, by what was named.")
      .Register(registry)
      .Add({{"kind", kind}});
}

prometheus::Counter& Purges(prometheus::Registry& registry, const char* outcome) {
  return prometheus::BuildCounter()
      .Name("clearway_purges_total")
      .Help("Rounds of the purge that deletes what was kept for its time.")
      .Register(registry)
      .Add({{"outcome", outcome}});
}

}  // namespace

const char* RetainedName(Retained retained) {
  switch (retained) {
    case Retained::kRawEvents:
      return "raw_events";
    case Retained::kResolvedBlockers:
      return "resolved_blockers";
    case Retained::kFeedback:
      return "feedback";
    case Retained::kTickets:
      return "tickets";
  }
  return "";
}

RetentionMetrics::RetentionMetrics(prometheus::Registry& registry)
    : erased_tickets_(Erasures(registry, "ticket")),
      erased_authors_(Erasures(registry, "author")),
      purges_ok_(Purges(registry, "ok")),
      purges_failed_(Purges(registry, "failed")) {
  auto& purged = prometheus::BuildCounter()
                     .Name("clearway_purged_rows_total")
                     .Help("Rows deleted because the time for which they are kept was over.")
                     .Register(registry);
  for (size_t i = 0; i < kRetainedCount; ++i) {
    purged_[i] = &purged.Add({{"kept", RetainedName(static_cast<Retained>(i))}});
  }
}

void RetentionMetrics::Erased(ErasureKind kind, int64_t rows) {
  (kind == ErasureKind::kTicket ? erased_tickets_ : erased_authors_)
      .Increment(static_cast<double>(rows));
}

void RetentionMetrics::Purged(Retained retained, int64_t rows) {
  purged_[static_cast<size_t>(retained)]->Increment(static_cast<double>(rows));
}

}  // namespace clearway
