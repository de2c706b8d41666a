#include "service/server/replay_metrics.h"

#include "prometheus/family.h"

namespace clearway {
namespace {

prometheus::Counter& Tickets(prometheus::Registry& registry, const char* result) {
  return prometheus::BuildCounter()
      .Name("clearway_replayed_tickets_total")
      .Help("Tickets whose events were put through a model again, by what came of it.")
      .Register(registry)
      .Add({{"result", result}});
}

}  // namespace

ReplayMetrics::ReplayMetrics(prometheus::Registry& registry)
    : same_(Tickets(registry, "same")),
      different_(Tickets(registry, "different")),
      written_(Tickets(registry, "written")) {}

void ReplayMetrics::Compared(bool differs, bool written) {
  (!differs ? same_ : written ? written_ : different_).Increment();
}

}  // namespace clearway
