// What is asked and written for a whole batch at once.
#include "service/base/status_macros.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/postgres/transaction.h"
#include "service/store/rows.h"

namespace clearway {
namespace {

std::tuple<absl::string_view, absl::string_view, absl::string_view> Parts(const TicketKey& key) {
  return {key.tenant, key.source, key.key};
}
std::tuple<absl::string_view, absl::string_view, absl::string_view> Parts(
    const std::tuple<std::string, std::string, std::string>& event) {
  return event;
}

// Keys of tickets or events, by column. Views: what was added must outlive it.
struct KeyArrays {
  PgBytesArray tenants;
  PgBytesArray sources;
  // What tells them apart within a source.
  PgBytesArray thirds;

  void Add(absl::string_view tenant, absl::string_view source, absl::string_view third) {
    tenants.items.push_back(tenant);
    sources.items.push_back(source);
    thirds.items.push_back(third);
  }
  void Add(const TicketKey& key) { Add(key.tenant, key.source, key.key); }
};

template <typename Key>
void BindKeys(const std::vector<Key>& keys, PgStatement& statement) {
  KeyArrays arrays;
  for (const Key& key : keys) {
    const auto [tenant, source, third] = Parts(key);
    arrays.Add(tenant, source, third);
  }
  statement.Bind(arrays.tenants, arrays.sources, arrays.thirds);
}

// Which of the keys that were bound a row is about.
size_t Place(const PgStatement& row) { return static_cast<size_t>(row.Int64(0) - 1); }

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

absl::Status PostgresTransaction::WriteEvents() {
  if (new_events_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertNewEvents));
  KeyArrays events;
  PgBytesArray tickets;
  PgNumberArray times;
  PgNumberArray sequences;
  PgNumberArray receipts;
  for (const NewEvent& event : new_events_) {
    events.Add(event.ticket.tenant, event.ticket.source, event.version.event_id);
    tickets.items.push_back(event.ticket.key);
    times.items.push_back(absl::ToUnixMicros(event.version.time));
    sequences.items.push_back(event.version.sequence);
    receipts.items.push_back(absl::ToUnixMicros(event.received));
  }
  insert.Bind(events.tenants, events.sources, events.thirds, tickets, times, sequences, receipts);
  new_events_.clear();
  return Write(insert);
}

absl::Status PostgresTransaction::WriteTickets() {
  KeyArrays tickets;
  PgBytesArray states;
  PgNumberArray ended;
  PgBytesArray projects;
  for (auto& [key, known] : tickets_) {
    if (!std::exchange(known.dirty, false)) continue;
    tickets.Add(key);
    states.items.push_back(*known.state);
    ended.items.push_back(static_cast<int64_t>(known.over));
    projects.items.push_back(known.project);
  }
  if (states.items.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement upsert, connection_.Cached(kUpsertTickets));
  upsert.Bind(tickets.tenants, tickets.sources, tickets.thirds, states, ended, projects);
  return Write(upsert);
}

absl::Status PostgresTransaction::WriteRawEvents() {
  if (new_raw_events_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(PgStatement insert, connection_.Cached(kInsertRawEvents));
  KeyArrays tickets;
  PgBytesArray ids;
  PgNumberArray receipts;
  PgBytesArray events;
  for (const RawEvent& event : new_raw_events_) {
    tickets.Add(event.ticket);
    ids.items.push_back(event.event_id);
    receipts.items.push_back(absl::ToUnixMicros(event.receive_time));
    events.items.push_back(event.packed);
  }
  insert.Bind(tickets.tenants, tickets.sources, tickets.thirds, ids, receipts, events);
  new_raw_events_.clear();
  return Write(insert);
}

}  // namespace clearway
