#include "service/server/link_metrics.h"

namespace clearway {

LinkMetrics::LinkMetrics(prometheus::Registry& registry)
    : tickets_(prometheus::BuildCounter()
                   .Name("clearway_link_tickets_walked_total")
                   .Help("Tickets looked at to work out what hangs on which root.")
                   .Register(registry)
                   .Add({})),
      rows_(prometheus::BuildCounter()
                .Name("clearway_link_rows_written_total")
                .Help("Rows written about which ticket hangs on which root.")
                .Register(registry)
                .Add({})) {}

void LinkMetrics::Settled(const SettledLinks& settled) {
  tickets_.Increment(static_cast<double>(settled.tickets));
  rows_.Increment(static_cast<double>(settled.rows));
}

}  // namespace clearway
