#include "service/store/postgres/transaction.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/base/status_macros.h"
#include "service/store/codec.h"
#include "service/store/postgres/locks.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/sql_erase.h"
#include "service/store/sql_purge.h"
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

std::tuple<absl::string_view, absl::string_view, absl::string_view> Parts(const TicketKey& key) {
  return {key.tenant, key.source, key.key};
}
std::tuple<absl::string_view, absl::string_view, absl::string_view> Parts(
    const std::tuple<std::string, std::string, std::string>& event) {
  return event;
}

template <typename Key>
void BindKeys(const std::vector<Key>& keys, PgStatement& statement) {
  PgBytesArray tenants;
  PgBytesArray sources;
  PgBytesArray thirds;
  for (const Key& key : keys) {
    const auto [tenant, source, third] = Parts(key);
    tenants.items.push_back(tenant);
    sources.items.push_back(source);
    thirds.items.push_back(third);
  }
  statement.Bind(tenants, sources, thirds);
}

// Which of the keys that were bound a row is about.
size_t Place(const PgStatement& row) { return static_cast<size_t>(row.Int64(0) - 1); }

int64_t Changes(const PgConnection& /*connection*/, const PgStatement& last) {
  return last.changes();
}

// The columns behind the place.
class Behind final : public SqlColumns {
 public:
  explicit Behind(const PgStatement& row) : row_(row) {}
  int64_t Int64(int column) const override { return row_.Int64(column + 1); }
  double Double(int column) const override { return row_.Double(column + 1); }
  bool IsNull(int column) const override { return row_.IsNull(column + 1); }
  absl::string_view View(int column) const override { return row_.View(column + 1); }

 private:
  const PgStatement& row_;
};

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

absl::Status PostgresTransaction::Expect(const std::vector<Touch>& touches) {
  RETURN_IF_ERROR(Settle());
  std::set<PgLock> locks;
  for (const Touch& touch : touches) locks.insert(TicketLock(touch.ticket));
  if (held_.empty()) {
    RETURN_IF_ERROR(LockAll(locks));
  } else {
    for (const Touch& touch : touches) RETURN_IF_ERROR(Lock(touch.ticket));
  }
  std::set<TicketKey, TicketOrder> tickets;
  std::set<EventKey> events;
  for (const Touch& touch : touches) {
    const TicketKey& key = touch.ticket;
    if (!tickets_.contains(key)) tickets.insert(key);
    if (!touch.event_id.empty()) events.insert({key.tenant, key.source, touch.event_id});
  }
  if (tickets.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement states, connection_.Cached(kSelectTickets));
  ASSIGN_OR_RETURN(PgStatement latest, connection_.Cached(kSelectLatestBlockers));
  ASSIGN_OR_RETURN(PgStatement found, connection_.Cached(kSelectEvents));
  ASSIGN_OR_RETURN(PgStatement linked, connection_.Cached(kSelectLinked));
  asked_.emplace(Asked{{tickets.begin(), tickets.end()},
                       {events.begin(), events.end()},
                       std::move(states),
                       std::move(latest),
                       std::move(found),
                       std::move(linked)});
  BindKeys(asked_->tickets, asked_->states);
  asked_->states.Queue();
  BindKeys(asked_->tickets, asked_->latest);
  asked_->latest.Queue();
  BindKeys(asked_->events, asked_->found);
  asked_->found.Queue();
  BindKeys(asked_->tickets, asked_->linked);
  asked_->linked.Queue();
  return absl::OkStatus();
}

absl::Status PostgresTransaction::Settle() {
  if (!asked_.has_value()) return absl::OkStatus();
  Asked asked = *std::exchange(asked_, std::nullopt);
  for (const TicketKey& key : asked.tickets) {
    Known& known = tickets_[key];
    known.ticket_known = true;
    known.latest_known = true;
    known.linked = known.linked.value_or(false);
  }
  for (const EventKey& key : asked.events) events_[key] = false;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, asked.states.Step());
    if (!row) break;
    tickets_[asked.tickets.at(Place(asked.states))].state = asked.states.Text(1);
  }
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, asked.latest.Step());
    if (!row) break;
    Known& known = tickets_[asked.tickets.at(Place(asked.latest))];
    const absl::StatusOr<Blocker> blocker = ReadBlocker(Behind(asked.latest));
    // A damaged one is left to the piece of work that wants it.
    known.latest_known = blocker.ok();
    if (!blocker.ok()) continue;
    known.latest = blocker->id;
    blockers_.insert_or_assign({blocker->ticket.tenant, blocker->id}, *blocker);
  }
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, asked.linked.Step());
    if (!row) break;
    tickets_[asked.tickets.at(Place(asked.linked))].linked = true;
  }
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, asked.found.Step());
    if (!row) return absl::OkStatus();
    events_[asked.events.at(Place(asked.found))] = true;
  }
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

absl::Status PostgresTransaction::WriteEvents() {
  if (new_events_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertNewEvents));
  PgBytesArray tenants;
  PgBytesArray sources;
  PgBytesArray ids;
  PgBytesArray tickets;
  PgNumberArray times;
  PgNumberArray sequences;
  PgNumberArray receipts;
  for (const NewEvent& event : new_events_) {
    tenants.items.push_back(event.ticket.tenant);
    sources.items.push_back(event.ticket.source);
    ids.items.push_back(event.version.event_id);
    tickets.items.push_back(event.ticket.key);
    times.items.push_back(absl::ToUnixMicros(event.version.time));
    sequences.items.push_back(event.version.sequence);
    receipts.items.push_back(absl::ToUnixMicros(event.received));
  }
  insert.Bind(tenants, sources, ids, tickets, times, sequences, receipts);
  new_events_.clear();
  return Write(insert);
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

absl::Status PostgresTransaction::WriteTickets() {
  PgBytesArray tenants;
  PgBytesArray sources;
  PgBytesArray tickets;
  PgBytesArray states;
  PgNumberArray ended;
  PgBytesArray projects;
  for (auto& [key, known] : tickets_) {
    if (!std::exchange(known.dirty, false)) continue;
    tenants.items.push_back(key.tenant);
    sources.items.push_back(key.source);
    tickets.items.push_back(key.key);
    states.items.push_back(*known.state);
    ended.items.push_back(static_cast<int64_t>(known.over));
    projects.items.push_back(known.project);
  }
  if (states.items.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement upsert, connection_.Cached(kUpsertTickets));
  upsert.Bind(tenants, sources, tickets, states, ended, projects);
  return Write(upsert);
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

absl::Status PostgresTransaction::WriteRawEvents() {
  if (new_raw_events_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertRawEvents));
  PgBytesArray tenants;
  PgBytesArray sources;
  PgBytesArray tickets;
  PgBytesArray ids;
  PgNumberArray receipts;
  PgBytesArray events;
  for (const RawEvent& event : new_raw_events_) {
    tenants.items.push_back(event.ticket.tenant);
    sources.items.push_back(event.ticket.source);
    tickets.items.push_back(event.ticket.key);
    ids.items.push_back(event.event_id);
    receipts.items.push_back(absl::ToUnixMicros(event.receive_time));
    events.items.push_back(event.packed);
  }
  insert.Bind(tenants, sources, tickets, ids, receipts, events);
  new_raw_events_.clear();
  return Write(insert);
}

absl::StatusOr<bool> PostgresTransaction::HasErasures(const std::string& tenant) {
  RETURN_IF_ERROR(Settle());
  // To have asked holds a lock on the table, for which InsertErasure waits.
  while (erasures_asked_.has_value()) {
    ASSIGN_OR_RETURN(const bool more, erasures_asked_->Step());
    if (more) {
      tenants_with_erasures_.insert(erasures_asked_->Text(0));
    } else {
      erasures_asked_.reset();
    }
  }
  return tenants_with_erasures_.contains(tenant);
}

absl::StatusOr<std::vector<Erasure>> PostgresTransaction::FindErasures(
    const std::string& tenant, const std::vector<std::string>& subjects) {
  RETURN_IF_ERROR(Settle());
  return SelectErasuresOf(connection_, tenant, subjects);
}

absl::StatusOr<int64_t> PostgresTransaction::InsertErasure(const Erasure& erasure) {
  RETURN_IF_ERROR(Settle());
  RETURN_IF_ERROR(HasErasures(erasure.tenant).status());
  if (erasure.kind != ErasureKind::kRetention) {
    // Whoever writes texts has read the table and is waited for; whoever comes then sees this.
    ASSIGN_OR_RETURN(PgStatement lock, connection_.Cached(kLockErasures));
    RETURN_IF_ERROR(lock.Run());
    tenants_with_erasures_.insert(erasure.tenant);
  }
  Ids one;
  ASSIGN_OR_RETURN(const int64_t id, NextId(kNextErasureIds, one));
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertErasure));
  BindInsertErasure(erasure, id, insert);
  RETURN_IF_ERROR(Write(insert));
  return id;
}

absl::Status PostgresTransaction::AddErased(const std::string& tenant, int64_t id, int64_t rows,
                                            bool done) {
  RETURN_IF_ERROR(Settle());
  ASSIGN_OR_RETURN(PgStatement update, connection_.Cached(kUpdateErasure));
  update.Bind(rows, done ? 1 : 0, tenant, id);
  RETURN_IF_ERROR(update.Run());
  return update.changes() == 1 ? absl::OkStatus() : NoErasure(tenant, id);
}

absl::Status PostgresTransaction::LockAndForget(const TicketKey& key) {
  RETURN_IF_ERROR(Lock(key));
  RETURN_IF_ERROR(WriteRawEvents());
  RETURN_IF_ERROR(WriteTickets());
  tickets_.erase(key);
  messages_.Forget();
  std::erase_if(blockers_, [&key](const auto& entry) { return entry.second.ticket == key; });
  return absl::OkStatus();
}

absl::StatusOr<int64_t> PostgresTransaction::EraseTexts(const TicketKey& key,
                                                        const TextEraser& eraser) {
  RETURN_IF_ERROR(LockAndForget(key));
  return SqlTextEraser<PgConnection>(connection_, key, eraser, /*write=*/true).Run();
}

absl::StatusOr<int64_t> PostgresTransaction::PurgeBlockers(const std::string& tenant,
                                                           absl::Time before, int limit) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> old,
                   SelectOldBlockers(connection_, tenant, before, limit));
  int64_t rows = 0;
  for (const int64_t id : old) {
    // Under its ticket's lock it may turn out to have come back.
    ASSIGN_OR_RETURN(const Blocker blocker, GetBlocker(tenant, id));
    if (!blocker.resolve_time.has_value() || *blocker.resolve_time >= before) continue;
    RETURN_IF_ERROR(LockAndForget(blocker.ticket));
    ASSIGN_OR_RETURN(const int64_t some, DeleteBlocker(connection_, Changes, tenant, id));
    rows += some;
  }
  return rows;
}

absl::StatusOr<int64_t> PostgresTransaction::Purge(Kept kept, const std::string& tenant,
                                                   absl::Time before, int limit) {
  RETURN_IF_ERROR(Settle());
  RETURN_IF_ERROR(WriteRawEvents());
  switch (kept) {
    case Kept::kRawEvents:
      return RunDelete(connection_, Changes, kDeleteOldRawEvents, tenant, before, limit);
    case Kept::kFeedback:
      return RunDelete(connection_, Changes, kDeleteOldFeedback, tenant, before, limit);
    case Kept::kResolvedBlockers:
      break;
  }
  return PurgeBlockers(tenant, before, limit);
}

absl::StatusOr<int64_t> PostgresTransaction::DeleteTicket(const TicketKey& key) {
  RETURN_IF_ERROR(LockAndForget(key));
  ASSIGN_OR_RETURN(const std::vector<Blocker> blockers, SelectBlockersOfTicket(connection_, key));
  ASSIGN_OR_RETURN(const std::vector<LinkedTicket> linked,
                   links_.Tickets({key.tenant, key.source}, {key.key}));
  return DeleteTicketRows(connection_, Changes, key, linked.front().over, IdsOf(blockers));
}

}  // namespace clearway
