#pragma once

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/registry.h"

namespace clearway {

// How taking new policies in went. Thread-safe.
class PolicyMetrics {
 public:
  // `registry` must outlive this.
  explicit PolicyMetrics(prometheus::Registry& registry);

  void Reloaded(bool ok) { (ok ? ok_ : failed_).Increment(); }

 private:
  prometheus::Family<prometheus::Counter>& reloads_;
  prometheus::Counter& ok_;
  prometheus::Counter& failed_;
};

}  // namespace clearway
