#include "service/server/purger.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "service/base/status_macros.h"
#include "service/intake/link_keeper.h"

namespace clearway {
namespace {

// Small enough that events do not feel it.
constexpr int kBatch = 200;
// Of all tickets, so many are looked at in one round; the next goes on from there.
constexpr int kTicketsLookedAt = 5000;

absl::Time LastEvent(const TicketState& state) {
  absl::Time last = absl::InfinitePast();
  for (const Version& version : state.versions) last = std::max(last, version.time);
  for (const VersionedComment& held : state.comments) last = std::max(last, held.version.time);
  return last;
}

bool IsOver(const StoredTicket& ticket, absl::Time before) {
  return LastEvent(ticket.state) < before;
}

bool Lasts(const std::optional<Blocker>& blocker) {
  return blocker.has_value() && blocker->state != BlockerState::kResolved;
}

}  // namespace

class Purger::Round {
 public:
  Round(Purger& purger, Retained retained, const std::string& tenant, absl::Time now)
      : purger_(purger), retained_(retained) {
    record_.tenant = tenant;
    record_.kind = ErasureKind::kRetention;
    record_.subject = RetainedName(retained);
    record_.time = now;
    record_.actor = "retention";
    record_.done = true;
  }

  // Runs a transaction that deletes some rows and returns how many; the record goes with them.
  absl::StatusOr<int64_t> Delete(
      const std::function<absl::StatusOr<int64_t>(Transaction&)>& rows_of,
      const std::optional<TicketKey>& ticket = std::nullopt) {
    int64_t rows = 0;
    int64_t id = 0;
    RETURN_IF_ERROR(Erasing::Commit(
        purger_.d_.commits,
        [&](Transaction& tx) -> absl::Status {
          id = record_.id;
          ASSIGN_OR_RETURN(rows, rows_of(tx));
          if (rows == 0) return absl::OkStatus();
          if (id == 0) {
            Erasure first = record_;
            first.rows = rows;
            ASSIGN_OR_RETURN(id, tx.InsertErasure(first));
            return absl::OkStatus();
          }
          return tx.AddErased(record_.tenant, id, rows, /*done=*/true);
        },
        ticket));
    record_.id = id;
    purger_.d_.metrics.Purged(retained_, rows);
    purger_.deleted_ = purger_.deleted_ || rows > 0;
    return rows;
  }

 private:
  Purger& purger_;
  const Retained retained_;
  Erasure record_;
};

Purger::Purger(const Dependencies& dependencies, const Retention& retention)
    : d_(dependencies), retention_(retention) {
  task_.Start([this] { Run(); });
}

void Purger::Run() {
  while (task_.PauseFor(retention_.purge_interval) != BackgroundTask::Pause::kStopped) {
    const absl::Status purged = Purge();
    // To be stopped is no failure.
    if (task_.stopping()) return;
    d_.metrics.PurgeDone(purged.ok());
    if (!purged.ok()) {
      d_.log.Warning("a purge failed; the next one tries again", {{"error", purged.ToString()}});
    }
  }
}

absl::Status Purger::Purge() {
  const std::lock_guard<std::mutex> lock(one_at_a_time_);
  absl::Status status = d_.erasing.Resume();
  const absl::Time now = d_.clock.Now();
  for (const std::string& tenant : d_.tenants.names()) {
    if (task_.stopping()) return status;
    status.Update(PurgeTenant(tenant, now));
  }
  // Also after a round in which a reader was in the way.
  if (!deleted_) return status;
  const absl::Status compacted = d_.store.Compact();
  deleted_ = !compacted.ok();
  status.Update(compacted);
  return status;
}

absl::Status Purger::PurgeTenant(const std::string& tenant, absl::Time now) {
  absl::Status status =
      PurgeRows(Retained::kRawEvents, Kept::kRawEvents, retention_.raw_events, tenant, now);
  status.Update(PurgeRows(Retained::kResolvedBlockers, Kept::kResolvedBlockers,
                          retention_.resolved_blockers, tenant, now));
  status.Update(PurgeRows(Retained::kFeedback, Kept::kFeedback, retention_.feedback, tenant, now));
  if (retention_.tickets > absl::ZeroDuration()) status.Update(PurgeTickets(tenant, now));
  return status;
}

absl::Status Purger::PurgeRows(Retained retained, Kept kept, absl::Duration age,
                               const std::string& tenant, absl::Time now) {
  // Raw events that are not kept any more go too.
  if (age == absl::ZeroDuration() && kept != Kept::kRawEvents) return absl::OkStatus();
  Round round(*this, retained, tenant, now);
  for (int64_t rows = 1; rows > 0 && !task_.stopping();) {
    ASSIGN_OR_RETURN(rows, round.Delete([&](Transaction& tx) {
      return tx.Purge(kept, tenant, now - age, kBatch);
    }));
  }
  return absl::OkStatus();
}

absl::Status Purger::PurgeTickets(const std::string& tenant, absl::Time now) {
  const absl::Time before = now - retention_.tickets;
  std::optional<TicketKey>& after = looked_at_[tenant];
  Round round(*this, Retained::kTickets, tenant, now);
  for (int looked = 0; looked < kTicketsLookedAt && !task_.stopping(); looked += kBatch) {
    ASSIGN_OR_RETURN(const std::vector<TicketKey> keys,
                     d_.store.ListTickets(tenant, after, kBatch));
    for (const TicketKey& key : keys) {
      ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, d_.store.GetTicket(key));
      if (!ticket.has_value() || !IsOver(*ticket, before)) continue;
      RETURN_IF_ERROR(PurgeTicket(key, before, round));
    }
    after = keys.empty() ? std::nullopt : std::optional<TicketKey>(keys.back());
    if (keys.empty()) break;
  }
  return absl::OkStatus();
}

absl::Status Purger::PurgeTicket(const TicketKey& key, absl::Time before, Round& round) {
  bool links_changed = false;
  const auto work = [&](Transaction& tx) -> absl::StatusOr<int64_t> {
    links_changed = false;
    ASSIGN_OR_RETURN(const std::optional<StoredTicket> held, tx.GetTicket(key));
    ASSIGN_OR_RETURN(const std::optional<Blocker> blocker, tx.GetLatestBlocker(key));
    if (!held.has_value() || !IsOver(*held, before) || Lasts(blocker)) return 0;
    ASSIGN_OR_RETURN(links_changed, LetLinksGo(key, *held, blocker, tx));
    return tx.DeleteTicket(key);
  };
  RETURN_IF_ERROR(round.Delete(work, key).status());
  if (links_changed) d_.after_commit.LinksChanged();
  return absl::OkStatus();
}

}  // namespace clearway
