#include "service/store/postgres/transaction.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/base/status_macros.h"
#include "service/store/codec.h"
#include "service/store/postgres/locks.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/sql_reads.h"
#include "service/store/sql_writes.h"

namespace clearway {
namespace {

// Most ids taken from a sequence at once: what is left of them is lost.
constexpr int64_t kMaxIds = 64;

// Most tickets locked for the sake of links to them.
constexpr size_t kMaxLocks = 2000;

absl::Time Whole(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

std::optional<absl::Time> Whole(std::optional<absl::Time> time) {
  return time.has_value() ? std::optional<absl::Time>(Whole(*time)) : std::nullopt;
}

// As it would come back from the database.
Blocker AsStored(Blocker blocker) {
  blocker.open_time = Whole(blocker.open_time);
  blocker.spell_time = Whole(blocker.spell_time);
  blocker.update_time = Whole(blocker.update_time);
  blocker.acknowledge_time = Whole(blocker.acknowledge_time);
  blocker.resolve_time = Whole(blocker.resolve_time);
  blocker.next_escalation_time = Whole(blocker.next_escalation_time);
  for (BlockedSpell& spell : blocker.past_spells) spell = {Whole(spell.begin), Whole(spell.end)};
  for (BlockedSpell& snooze : blocker.snoozes) snooze = {Whole(snooze.begin), Whole(snooze.end)};
  return blocker;
}

}  // namespace

absl::Status PostgresTransaction::Begin() {
  ASSIGN_OR_RETURN(PgStatement begin, connection_.Cached(kBegin));
  begin.Queue();
  ASSIGN_OR_RETURN(id_asked_, connection_.Cached(kSelectTransactionId));
  id_asked_->Queue();
  ASSIGN_OR_RETURN(erasures_asked_, connection_.Cached(kSelectTenantsWithErasures));
  erasures_asked_->Queue();
  return LockAll(memory_.locks);
}

absl::Status PostgresTransaction::Commit() {
  RETURN_IF_ERROR(WriteEvents());
  RETURN_IF_ERROR(WriteRawEvents());
  RETURN_IF_ERROR(WriteTickets());
  ASSIGN_OR_RETURN(PgStatement commit, connection_.Cached(kCommit));
  RETURN_IF_ERROR(commit.Run());
  if (commit.command() == "COMMIT") return absl::OkStatus();
  return absl::UnavailableError("the transaction was rolled back after an earlier fault");
}

absl::StatusOr<PostgresTransaction::Id> PostgresTransaction::id() {
  ASSIGN_OR_RETURN(const bool row, id_asked_->Step());
  if (!row) return absl::InternalError("the transaction has no id");
  return Id{id_asked_->Text(0), id_asked_->Text(1)};
}

absl::Status PostgresTransaction::LockAll(const std::set<PgLock>& locks) {
  // One statement for each class; within it the order of the list is kept.
  for (auto next = locks.begin(); next != locks.end();) {
    const int32_t lock_class = next->lock_class;
    std::vector<int32_t> numbers;
    for (; next != locks.end() && next->lock_class == lock_class; ++next) {
      numbers.push_back(next->number);
    }
    ASSIGN_OR_RETURN(PgStatement lock, connection_.Cached(kLockInOrder));
    lock.Bind(lock_class, absl::StrJoin(numbers, ","));
    lock.Queue();
  }
  held_.insert(locks.begin(), locks.end());
  memory_.locks.insert(locks.begin(), locks.end());
  return absl::OkStatus();
}

absl::Status PostgresTransaction::Lock(const TicketKey& key) {
  RETURN_IF_ERROR(Settle());
  const PgLock lock = TicketLock(key);
  if (held_.contains(lock)) return absl::OkStatus();
  // Ids taken before may be lower than those of the ticket's own blockers.
  blocker_ids_.left.clear();
  return LockOne(lock, "the ticket");
}

absl::Status PostgresTransaction::LockMessages(const std::string& tenant) {
  RETURN_IF_ERROR(Settle());
  const PgLock lock = MessagesLock(tenant);
  return held_.contains(lock) ? absl::OkStatus() : LockOne(lock, "the tenant's messages");
}

absl::Status PostgresTransaction::LockOne(PgLock lock, absl::string_view what) {
  memory_.locks.insert(lock);
  // In ascending order it is safe to wait. Against it somebody may be waiting for us: give way, and
  // take all of them in order the next time.
  if (held_.empty() || lock > *held_.rbegin()) return LockAll({lock});
  ASSIGN_OR_RETURN(PgStatement attempt, connection_.Cached(kTryLock));
  attempt.Bind(lock.lock_class, lock.number);
  ASSIGN_OR_RETURN(const bool row, attempt.Step());
  if (!row || attempt.Int64(0) == 0) {
    return absl::AbortedError(absl::StrCat("another transaction is at work on ", what));
  }
  held_.insert(lock);
  return absl::OkStatus();
}

absl::Status PostgresTransaction::Write(PgStatement& statement) {
  statement.Queue();
  return memory_.careful ? statement.Run() : absl::OkStatus();
}

absl::StatusOr<bool> PostgresTransaction::InsertEvent(const TicketKey& ticket,
                                                      const Version& version, absl::Time received) {
  RETURN_IF_ERROR(Lock(ticket));
  const EventKey key{ticket.tenant, ticket.source, version.event_id};
  const auto known = events_.find(key);
  if (known == events_.end()) {
    ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertEvent));
    BindInsertEvent(ticket, version, received, insert);
    RETURN_IF_ERROR(insert.Run());
    events_[key] = true;
    return insert.changes() == 1;
  }
  if (std::exchange(known->second, true)) return false;
  new_events_.push_back({ticket, version, received});
  if (memory_.careful) RETURN_IF_ERROR(WriteEvents());
  return true;
}

absl::StatusOr<std::optional<StoredTicket>> PostgresTransaction::GetTicket(const TicketKey& key) {
  RETURN_IF_ERROR(Lock(key));
  Known& known = tickets_[key];
  if (!known.ticket_known) {
    ASSIGN_OR_RETURN(PgStatement select, connection_.Cached(kSelectTicket));
    select.Bind(key.tenant, key.source, key.key);
    ASSIGN_OR_RETURN(const bool found, select.Step());
    if (found) known.state = select.Text(0);
    known.ticket_known = true;
  }
  if (!known.state.has_value()) return std::optional<StoredTicket>();
  ASSIGN_OR_RETURN(StoredTicket ticket, DecodeTicket(*known.state));
  return std::optional<StoredTicket>(std::move(ticket));
}

absl::Status PostgresTransaction::PutTicket(const TicketKey& key, const StoredTicket& ticket) {
  RETURN_IF_ERROR(Lock(key));
  ASSIGN_OR_RETURN(std::string state, EncodeTicket(ticket));
  Known& known = tickets_[key];
  known.state = std::move(state);
  known.over = IsOver(ticket.state);
  known.project = ticket.state.ticket.project;
  known.ticket_known = true;
  known.dirty = true;
  return memory_.careful ? WriteTickets() : absl::OkStatus();
}

absl::StatusOr<std::optional<Blocker>> PostgresTransaction::GetLatestBlocker(const TicketKey& key) {
  RETURN_IF_ERROR(Lock(key));
  Known& known = tickets_[key];
  if (!known.latest_known) {
    ASSIGN_OR_RETURN(const std::optional<Blocker> latest, SelectLatestBlocker(connection_, key));
    known.latest_known = true;
    if (latest.has_value()) {
      known.latest = latest->id;
      // What was put since is newer.
      blockers_.try_emplace({key.tenant, latest->id}, *latest);
    }
  }
  if (!known.latest.has_value()) return std::optional<Blocker>();
  return std::optional<Blocker>(blockers_.at({key.tenant, *known.latest}));
}

absl::StatusOr<Blocker> PostgresTransaction::GetBlocker(const std::string& tenant, int64_t id) {
  RETURN_IF_ERROR(Settle());
  const auto known = blockers_.find({tenant, id});
  if (known != blockers_.end()) return known->second;
  // Whose it is never changes; what else was read counts only under the ticket's lock.
  ASSIGN_OR_RETURN(Blocker blocker, SelectBlocker(connection_, tenant, id));
  if (!held_.contains(TicketLock(blocker.ticket))) {
    RETURN_IF_ERROR(Lock(blocker.ticket));
    ASSIGN_OR_RETURN(blocker, SelectBlocker(connection_, tenant, id));
  }
  blockers_.insert_or_assign({tenant, id}, blocker);
  return blocker;
}

absl::StatusOr<int64_t> PostgresTransaction::PutBlocker(const Blocker& blocker) {
  if ((blocker.state == BlockerState::kResolved) != blocker.resolve_time.has_value()) {
    return absl::FailedPreconditionError("a blocker has a resolve_time just when it is resolved");
  }
  if (blocker.id == 0) return InsertBlocker(blocker);
  RETURN_IF_ERROR(UpdateBlocker(blocker));
  return blocker.id;
}

absl::StatusOr<int64_t> PostgresTransaction::NextId(const char* sql, Ids& ids) {
  if (ids.left.empty()) {
    ASSIGN_OR_RETURN(PgStatement next, connection_.Cached(sql));
    next.Bind(ids.batch);
    ids.batch = std::min(2 * ids.batch, kMaxIds);
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, next.Step());
      if (!row) break;
      ids.left.push_back(next.Int64(0));
    }
    if (ids.left.empty()) return absl::InternalError("a sequence gave no number");
  }
  const int64_t id = ids.left.front();
  ids.left.pop_front();
  return id;
}

void PostgresTransaction::Remember(const Blocker& blocker) {
  blockers_.insert_or_assign({blocker.ticket.tenant, blocker.id}, AsStored(blocker));
}

absl::StatusOr<int64_t> PostgresTransaction::InsertBlocker(const Blocker& blocker) {
  RETURN_IF_ERROR(Lock(blocker.ticket));
  ASSIGN_OR_RETURN(const int64_t id, NextId(kNextBlockerIds, blocker_ids_));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertBlocker));
  BindInsertBlocker(blocker, id, insert);
  RETURN_IF_ERROR(Write(insert));
  Blocker stored = blocker;
  stored.id = id;
  Remember(stored);
  Known& known = tickets_[blocker.ticket];
  known.latest_known = true;
  known.latest = id;
  return id;
}

absl::Status PostgresTransaction::UpdateBlocker(const Blocker& blocker) {
  ASSIGN_OR_RETURN(const Blocker old, GetBlocker(blocker.ticket.tenant, blocker.id));
  if (old.ticket != blocker.ticket) return NoBlocker(blocker.ticket.tenant, blocker.id);
  ASSIGN_OR_RETURN(PgStatement update, connection_.Cached(kUpdateBlocker));
  BindUpdateBlocker(blocker, update);
  RETURN_IF_ERROR(Write(update));
  Remember(blocker);
  return absl::OkStatus();
}

absl::Status PostgresTransaction::NeedBlocker(const std::string& tenant, int64_t id) {
  absl::Status found = GetBlocker(tenant, id).status();
  if (!absl::IsNotFound(found)) return found;
  return absl::FailedPreconditionError(found.message());
}

absl::Status PostgresTransaction::AppendChange(const std::string& tenant, int64_t blocker_id,
                                               const BlockerChange& change) {
  RETURN_IF_ERROR(NeedBlocker(tenant, blocker_id));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertChange));
  BindInsertChange(tenant, blocker_id, change, insert);
  return Write(insert);
}

absl::StatusOr<int64_t> PostgresTransaction::InsertEscalation(const Escalation& escalation) {
  RETURN_IF_ERROR(NeedBlocker(escalation.ticket.tenant, escalation.blocker_id));
  if (!escalations_locked_) {
    ASSIGN_OR_RETURN(PgStatement lock, connection_.Cached(kLockEscalations));
    lock.Bind(kEscalationLockTag, kEscalationIdBits);
    lock.Queue();
    escalations_locked_ = true;
  }
  ASSIGN_OR_RETURN(const int64_t id, NextId(kNextEscalationIds, escalation_ids_));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertEscalation));
  BindInsertEscalation(escalation, id, insert);
  messages_.Forget();
  RETURN_IF_ERROR(Write(insert));
  return id;
}

absl::StatusOr<bool> PostgresTransaction::HasSaid(const Escalation& escalation) {
  RETURN_IF_ERROR(Lock(escalation.ticket));
  return SelectSaid(connection_, escalation);
}

absl::StatusOr<int64_t> PostgresTransaction::CountMessages(const std::string& tenant,
                                                           absl::Time since, absl::Time until) {
  RETURN_IF_ERROR(Settle());
  if (held_.contains(MessagesLock(tenant))) return messages_.Count(tenant, since, until);
  return SelectMessageCount(connection_, tenant, since, until);
}

absl::StatusOr<std::vector<RecentMessage>> PostgresTransaction::RecentMessages(
    const std::string& tenant, const std::string& recipient, absl::Time since, absl::Time until,
    int limit) {
  RETURN_IF_ERROR(Settle());
  if (held_.contains(MessagesLock(tenant))) {
    return messages_.Recent(tenant, recipient, since, until, limit);
  }
  return SelectRecentMessages(connection_, tenant, recipient, since, until, limit);
}

absl::StatusOr<std::vector<TakenStep>> PostgresTransaction::ListSteps(const std::string& tenant,
                                                                      int64_t blocker_id,
                                                                      int opening) {
  // Its blocker's lock keeps them as they are.
  RETURN_IF_ERROR(NeedBlocker(tenant, blocker_id));
  return SelectSteps(connection_, tenant, blocker_id, opening);
}

absl::Status PostgresTransaction::InsertStep(const TakenStep& step) {
  RETURN_IF_ERROR(NeedBlocker(step.tenant, step.blocker_id));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertStep));
  BindInsertStep(step, insert);
  return Write(insert);
}

absl::Status PostgresTransaction::PutStepOutcome(const TakenStep& step) {
  RETURN_IF_ERROR(NeedBlocker(step.tenant, step.blocker_id));
  ASSIGN_OR_RETURN(PgStatement update, connection_.Cached(kUpdateStepOutcome));
  BindUpdateStepOutcome(step, update);
  return Write(update);
}

absl::Status PostgresTransaction::InsertFeedback(const Feedback& feedback) {
  if (feedback.blocker_id != 0) {
    RETURN_IF_ERROR(NeedBlocker(feedback.ticket.tenant, feedback.blocker_id));
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> snapshot, EncodedSnapshot(feedback));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertFeedback));
  BindInsertFeedback(feedback, snapshot, insert);
  return Write(insert);
}

absl::StatusOr<bool> PostgresTransaction::IsLinked(const TicketKey& key) {
  RETURN_IF_ERROR(Lock(key));
  Known& known = tickets_[key];
  if (!known.linked.has_value()) {
    ASSIGN_OR_RETURN(known.linked, SelectIsLinked(connection_, key));
  }
  return *known.linked;
}

absl::StatusOr<Links*> PostgresTransaction::links() {
  RETURN_IF_ERROR(Settle());
  // The links are read from the rows.
  RETURN_IF_ERROR(WriteTickets());
  return &links_;
}

absl::Status PostgresTransaction::LockedLinks::Expose(const TicketKey& ticket) {
  // The server holds some thousands of locks in all; beyond, a link may be seen a moment late.
  if (owner_.held_.size() < kMaxLocks) RETURN_IF_ERROR(owner_.Lock(ticket));
  owner_.tickets_[ticket].linked = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> PostgresTransaction::LockedLinks::TryOwn(const LinkScope& scope) {
  ASSIGN_OR_RETURN(PgStatement attempt, owner_.connection_.Cached(kTryLockLinks));
  attempt.Bind(kLinkLockClass, LinkLock(scope.tenant, scope.source));
  ASSIGN_OR_RETURN(const bool row, attempt.Step());
  return row && attempt.Int64(0) != 0;
}

absl::Status PostgresTransaction::InsertRawEvent(const RawEvent& event) {
  RETURN_IF_ERROR(Lock(event.ticket));
  new_raw_events_.push_back(event);
  return memory_.careful ? WriteRawEvents() : absl::OkStatus();
}

}  // namespace clearway
