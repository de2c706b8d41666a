#pragma once

#include <memory>

#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"
#include "service/server/executor.h"
#include "service/server/models.h"
#include "service/server/shadow_metrics.h"

namespace clearway {

// Lets the shadow model judge tickets that the live one has judged, and counts where they differ;
// its verdicts go nowhere else. One thread of its own works behind the answers, and what it cannot
// keep up with is dropped and counted: nobody waits for a shadow. Thread-safe.
class Shadow {
 public:
  // All must outlive this.
  Shadow(const Models& models, prometheus::Registry& registry);

  // `live` is what the live model held likeliest. Does not block; nothing happens without a shadow.
  void Compare(Ticket ticket, Category live);

  // Judges what was accepted, drops what comes. May be called twice.
  void Shutdown() { executor_.Shutdown(); }

 private:
  const Models& models_;
  ShadowMetrics metrics_;
  // Last, for its thread uses the rest.
  Executor executor_;
};

}  // namespace clearway
