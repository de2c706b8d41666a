#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/server/after_commit.h"
#include "service/server/background_task.h"
#include "service/server/erasing.h"
#include "service/server/resource_names.h"
#include "service/server/retention_metrics.h"
#include "service/store/group_commit.h"
#include "service/store/store.h"

namespace clearway {

// For how long things are kept; 0: for ever, but for raw events, which are then not kept at all.
struct Retention {
  absl::Duration raw_events = absl::Hours(24 * 30);
  absl::Duration resolved_blockers;
  absl::Duration feedback;
  // Since their last event, by the events' own times, and only without a blocker that lasts.
  absl::Duration tickets;
  absl::Duration purge_interval = absl::Minutes(10);
};

// Deletes what has been kept for its time, every now and then, in small transactions through the
// one writer, each with the record of what went. Also ends erasures that were cut off.
class Purger {
 public:
  // All must outlive this.
  struct Dependencies {
    Store& store;
    GroupCommit& commits;
    Erasing& erasing;
    const AfterCommit& after_commit;
    RetentionMetrics& metrics;
    const Tenants& tenants;
    const Clock& clock;
    Logger& log;
  };
  // Purges after every interval, on a thread of its own.
  Purger(const Dependencies& dependencies, const Retention& retention);

  // Lets the transaction under way end. May be called twice.
  void Stop() { task_.Stop(); }

  // One round: the first failure; what was deleted before it stays so. Thread-safe.
  absl::Status Purge();

 private:
  // What one round deletes of one kind in one tenant, in one record.
  class Round;

  void Run();
  absl::Status PurgeTenant(const std::string& tenant, absl::Time now);
  absl::Status PurgeRows(Retained retained, Kept kept, absl::Duration age,
                         const std::string& tenant, absl::Time now);
  absl::Status PurgeTickets(const std::string& tenant, absl::Time now);
  // Where its last event lies before that, and no blocker of it lasts.
  absl::Status PurgeTicket(const TicketKey& key, absl::Time before, Round& round);

  const Dependencies d_;
  const Retention retention_;
  std::mutex one_at_a_time_;
  // By tenant: up to which ticket the last round looked.
  std::map<std::string, std::optional<TicketKey>> looked_at_;
  bool deleted_ = false;
  BackgroundTask task_;
};

}  // namespace clearway
