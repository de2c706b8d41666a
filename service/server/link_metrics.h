#pragma once

#include "prometheus/counter.h"
#include "prometheus/registry.h"

#include "service/intake/link_settler.h"

namespace clearway {

// What it takes to keep up with links. Thread-safe.
//   clearway_link_tickets_walked_total, clearway_link_rows_written_total
class LinkMetrics {
 public:
  // `registry` must outlive this.
  explicit LinkMetrics(prometheus::Registry& registry);

  void Settled(const SettledLinks& settled);

 private:
  prometheus::Counter& tickets_;
  prometheus::Counter& rows_;
};

}  // namespace clearway
