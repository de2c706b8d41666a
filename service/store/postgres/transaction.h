#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "service/store/postgres/connection.h"
#include "service/store/postgres/locks.h"
#include "service/store/postgres/message_memory.h"
#include "service/store/postgres/statement.h"
#include "service/store/sql_links.h"
#include "service/store/store.h"

namespace clearway {

// One attempt at a transaction, from its BEGIN to its COMMIT.
//
// A ticket is locked before anything of it is read or written, so whoever else works on it waits,
// and what was read stays true to the end; the reads are therefore remembered, and writes need not
// be waited for: they go to the server together, with the next question or the COMMIT. Ids of
// blockers are taken under the ticket's lock, so that a ticket's latest has its highest.
class PostgresTransaction final : public Transaction {
 public:
  // What one attempt leaves to the next.
  struct Memory {
    // Everything that was locked: taken at once and in order the next time, which cannot deadlock.
    std::set<PgLock> locks;
    // Wait for each write, so that a fault comes out where it belongs.
    bool careful = false;
  };
  // Both must outlive this.
  PostgresTransaction(PgConnection& connection, Memory& memory)
      : connection_(connection), memory_(memory), messages_(connection), links_(*this) {}

  absl::Status Begin();
  // Writes what is left to be written.
  absl::Status Commit();
  // Names the transaction on its server, for when a COMMIT's answer was lost.
  struct Id {
    std::string number;
    std::string history;
  };
  absl::StatusOr<Id> id();

  absl::Status Expect(const std::vector<Touch>& touches) override;
  absl::StatusOr<bool> InsertEvent(const TicketKey& ticket, const Version& version,
                                   absl::Time received) override;
  absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) override;
  absl::Status PutTicket(const TicketKey& key, const StoredTicket& ticket) override;
  absl::StatusOr<std::optional<Blocker>> GetLatestBlocker(const TicketKey& key) override;
  absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) override;
  absl::StatusOr<int64_t> PutBlocker(const Blocker& blocker) override;
  absl::Status AppendChange(const std::string& tenant, int64_t blocker_id,
                            const BlockerChange& change) override;
  absl::StatusOr<int64_t> InsertEscalation(const Escalation& escalation) override;
  absl::StatusOr<bool> HasSaid(const Escalation& escalation) override;
  absl::Status LockMessages(const std::string& tenant) override;
  absl::StatusOr<int64_t> CountMessages(const std::string& tenant, absl::Time since,
                                        absl::Time until) override;
  absl::StatusOr<std::vector<RecentMessage>> RecentMessages(const std::string& tenant,
                                                            const std::string& recipient,
                                                            absl::Time since, absl::Time until,
                                                            int limit) override;
  absl::StatusOr<std::vector<TakenStep>> ListSteps(const std::string& tenant, int64_t blocker_id,
                                                   int opening) override;
  absl::Status InsertStep(const TakenStep& step) override;
  absl::Status PutStepOutcome(const TakenStep& step) override;
  absl::Status InsertFeedback(const Feedback& feedback) override;
  absl::StatusOr<bool> IsLinked(const TicketKey& key) override;
  absl::StatusOr<Links*> links() override;

  absl::Status InsertRawEvent(const RawEvent& event) override;
  absl::StatusOr<bool> HasErasures(const std::string& tenant) override;
  absl::StatusOr<std::vector<Erasure>> FindErasures(
      const std::string& tenant, const std::vector<std::string>& subjects) override;
  absl::StatusOr<int64_t> InsertErasure(const Erasure& erasure) override;
  absl::Status AddErased(const std::string& tenant, int64_t id, int64_t rows, bool done) override;
  absl::StatusOr<int64_t> EraseTexts(const TicketKey& key, const TextEraser& eraser) override;
  absl::StatusOr<int64_t> Purge(Kept kept, const std::string& tenant, absl::Time before,
                                int limit) override;
  absl::StatusOr<int64_t> DeleteTicket(const TicketKey& key) override;

 private:
  // The right to a scope's roots is a lock that is tried for. A ticket is locked before it is
  // linked to: an event that ends it comes before, or sees the link.
  class LockedLinks final : public SqlLinks<PgConnection> {
   public:
    explicit LockedLinks(PostgresTransaction& owner)
        : SqlLinks<PgConnection>(owner.connection_), owner_(owner) {}

   private:
    absl::Status Expose(const TicketKey& ticket) override;
    absl::StatusOr<bool> TryOwn(const LinkScope& scope) override;
    bool careful() const override { return owner_.memory_.careful; }

    PostgresTransaction& owner_;
  };
  using BlockerKey = std::pair<std::string, int64_t>;
  // Tenant, source, id.
  using EventKey = std::tuple<std::string, std::string, std::string>;
  // The order in which all replicas write tickets.
  struct TicketOrder {
    bool operator()(const TicketKey& a, const TicketKey& b) const {
      return std::tie(a.tenant, a.source, a.key) < std::tie(b.tenant, b.source, b.key);
    }
  };
  // What is known of a ticket.
  struct Known {
    bool ticket_known = false;
    std::optional<std::string> state;
    // Not written yet.
    bool dirty = false;
    bool latest_known = false;
    std::optional<int64_t> latest;
    // Whether it is linked to another one; nullopt: not asked yet.
    std::optional<bool> linked;
    // Of the state that is not written yet.
    bool over = false;
    std::string project;
  };
  // The questions about what is expected, on their way.
  struct Asked {
    std::vector<TicketKey> tickets;
    std::vector<EventKey> events;
    PgStatement states;
    PgStatement latest;
    PgStatement found;
    PgStatement linked;
  };
  struct NewEvent {
    TicketKey ticket;
    Version version;
    absl::Time received;
  };
  // Ids taken from a sequence but not given yet.
  struct Ids {
    int64_t batch = 1;
    std::deque<int64_t> left;
  };

  absl::Status LockAll(const std::set<PgLock>& locks);
  absl::Status Lock(const TicketKey& key);
  // Takes one more: waits for it where that is safe, else gives way where somebody has it.
  absl::Status LockOne(PgLock lock, absl::string_view what);
  // Waits for what was asked.
  absl::Status Settle();
  absl::Status Write(PgStatement& statement);
  absl::Status WriteEvents();
  absl::Status WriteRawEvents();
  absl::Status WriteTickets();
  absl::StatusOr<int64_t> NextId(const char* sql, Ids& ids);
  absl::StatusOr<int64_t> InsertBlocker(const Blocker& blocker);
  absl::Status UpdateBlocker(const Blocker& blocker);
  void Remember(const Blocker& blocker);
  // Locks the ticket, writes what is to be written and knows nothing of it any more: its rows are
  // about to be changed behind the back of what was remembered.
  absl::Status LockAndForget(const TicketKey& key);
  absl::StatusOr<int64_t> PurgeBlockers(const std::string& tenant, absl::Time before, int limit);
  // FAILED_PRECONDITION when the tenant has no such blocker.
  absl::Status NeedBlocker(const std::string& tenant, int64_t id);

  PgConnection& connection_;
  Memory& memory_;
  std::optional<PgStatement> id_asked_;
  // Until its answer was read.
  std::optional<PgStatement> erasures_asked_;
  std::set<std::string> tenants_with_erasures_;
  std::set<PgLock> held_;
  std::map<TicketKey, Known, TicketOrder> tickets_;
  std::map<BlockerKey, Blocker> blockers_;
  std::optional<Asked> asked_;
  // Whether it was there before; of those that were asked about or inserted.
  std::map<EventKey, bool> events_;
  std::vector<NewEvent> new_events_;
  std::vector<RawEvent> new_raw_events_;
  Ids blocker_ids_;
  Ids escalation_ids_;
  bool escalations_locked_ = false;
  MessageMemory messages_;
  LockedLinks links_;
};

}  // namespace clearway
