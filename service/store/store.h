#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/correction.h"
#include "service/domain/erasure.h"
#include "service/domain/escalation.h"
#include "service/domain/schedule.h"
#include "service/domain/step_outcome.h"
#include "service/domain/ticket_event.h"
#include "service/domain/ticket_state.h"
#include "service/store/filter.h"
#include "service/store/links.h"

namespace clearway {

// A ticket with the verdict on it, as one row.
struct StoredTicket {
  TicketState state;
  // The classifier's, after review; nullopt when the ticket was deleted.
  std::optional<Classification> classification;
  // The person's word that stands against it; see EffectiveVerdict.
  std::optional<Correction> correction;
  // What its links say is among the dependencies; false for one that was last written before there
  // were any.
  bool links_kept = false;

  friend bool operator==(const StoredTicket&, const StoredTicket&) = default;
};

// A person's judgement of a verdict; see clearway.v1.Feedback.
struct Feedback {
  // Given by the store in growing order, from 1; 0 before it is stored.
  int64_t id = 0;
  TicketKey ticket;
  // 0: the ticket had none.
  int64_t blocker_id = 0;
  absl::Time time;
  // The verdict that was looked at.
  Category verdict_category = Category::kUnspecified;
  Reason verdict_reason = Reason::kUnspecified;
  Judgement judgement;
  std::string note;
  std::string language;
  // The ticket as it was judged; nullopt where the judgement is not about the ticket as it stood.
  std::optional<Ticket> snapshot;

  friend bool operator==(const Feedback&, const Feedback&) = default;
};

// Keyset pages, newest (highest id) first.
struct Page {
  // At least 1.
  int size = 50;
  // Rows with an id below this one; nullopt: from the newest.
  std::optional<int64_t> before_id;
  // At least 1. Where rows must be looked at to know whether they are asked for, no more than so
  // many are.
  int most_examined = 20'000;
};

// What a page came to. It may be shorter than it was asked to be, or empty, and yet not the last.
template <typename Row>
struct Part {
  std::vector<Row> rows;
  // `before_id` of the page that follows; nullopt: none does. One that follows may turn out empty.
  std::optional<int64_t> next_before_id;

  friend bool operator==(const Part&, const Part&) = default;
};

struct OpenBlockerCount {
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::string project;
  int64_t count = 0;

  friend bool operator==(const OpenBlockerCount&, const OpenBlockerCount&) = default;
};

// What a report sums up of a blocker; see Blocker for its fields.
struct ReportedBlocker {
  int64_t id = 0;
  // Valid while it is visited.
  absl::string_view project;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::vector<BlockedSpell> past_spells;
  absl::Time spell_time;
  std::optional<absl::Time> resolve_time;

  friend bool operator==(const ReportedBlocker&, const ReportedBlocker&) = default;
};

// An event as it came, for as long as raw events are kept.
struct RawEvent {
  TicketKey ticket;
  std::string event_id;
  absl::Time receive_time;
  // What PackEvent made of it.
  std::string packed;

  friend bool operator==(const RawEvent&, const RawEvent&) = default;
};

// What is kept of one ticket at one moment.
struct TicketFile {
  StoredTicket ticket;
  // The one with the highest id, resolved or not; nullopt when it never had one.
  std::optional<Blocker> blocker;
  // In the order they were received.
  std::vector<RawEvent> events;

  friend bool operator==(const TicketFile&, const TicketFile&) = default;
};

// What is deleted when its time is over.
enum class Kept {
  // By the time they were received.
  kRawEvents,
  // By their ends, with their histories and escalations. A ticket's latest stays where a person
  // ended it: only that keeps the same words from opening it again.
  kResolvedBlockers,
  // By the time it was given.
  kFeedback,
};

// Why a store does something over again by itself.
enum class StoreRetry {
  // It lost a race against another transaction.
  kLostRace = 0,
  // The connection broke, or could not be made.
  kConnection = 1,
  // A fault is looked for, one write after the other.
  kFaultSearch = 2,
};
inline constexpr int kStoreRetryCount = 3;

// What a piece of work is about to do: take an event in, or with an empty id only look at its
// ticket or change it.
struct Touch {
  TicketKey ticket;
  std::string event_id;
};

// Reads and writes within one transaction. Used by one thread, only inside the work it was handed
// to.
//
// Every method may return UNAVAILABLE (the store cannot be reached or written now), ABORTED (lost a
// race; the store repeats the work by itself), DATA_LOSS (what it read is damaged or from a newer
// version) or INTERNAL. Work returns them as they are.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // Tells what is coming, before anything is done, so that a store may lock and read it all at
  // once. A hint: what follows may do more, less or other.
  virtual absl::Status Expect(const std::vector<Touch>& /*touches*/) { return absl::OkStatus(); }

  // Remembers the event's id. False: it was there before, and nothing changed.
  virtual absl::StatusOr<bool> InsertEvent(const TicketKey& ticket, const Version& version,
                                           absl::Time received) = 0;

  // nullopt when nothing is known of the ticket.
  virtual absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) = 0;
  virtual absl::Status PutTicket(const TicketKey& key, const StoredTicket& ticket) = 0;

  // The ticket's blocker with the highest id, resolved or not; nullopt when it never had one.
  virtual absl::StatusOr<std::optional<Blocker>> GetLatestBlocker(const TicketKey& key) = 0;
  // NOT_FOUND when the tenant has no such blocker.
  virtual absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) = 0;
  // Inserts where `id` is 0 (and returns the new id, greater than all before it), else overwrites
  // all but its ticket. NOT_FOUND when the ticket has no blocker of that id; FAILED_PRECONDITION
  // unless resolve_time is set just when the state is kResolved.
  virtual absl::StatusOr<int64_t> PutBlocker(const Blocker& blocker) = 0;
  // FAILED_PRECONDITION when the tenant has no such blocker; so with the two inserts below, where
  // they name one.
  virtual absl::Status AppendChange(const std::string& tenant, int64_t blocker_id,
                                    const BlockerChange& change) = 0;

  // Returns the new id, greater than all before it. `escalation.id` is not looked at.
  virtual absl::StatusOr<int64_t> InsertEscalation(const Escalation& escalation) = 0;
  // Whether its blocker has an escalation of the same recipient, channel and draft message, or a
  // step of those words.
  virtual absl::StatusOr<bool> HasSaid(const Escalation& escalation) = 0;

  // From here to the end of the transaction no other one of the tenant gets past this: what the two
  // below say stays true. To be called before what they say is acted upon.
  virtual absl::Status LockMessages(const std::string& /*tenant*/) { return absl::OkStatus(); }
  // How many escalations the tenant has whose create_time is in (since, until].
  virtual absl::StatusOr<int64_t> CountMessages(const std::string& tenant, absl::Time since,
                                                absl::Time until) = 0;
  // What a recipient that is not empty was told in [since, until], newest first, at most `limit`
  // (which is at least 1).
  virtual absl::StatusOr<std::vector<RecentMessage>> RecentMessages(const std::string& tenant,
                                                                    const std::string& recipient,
                                                                    absl::Time since,
                                                                    absl::Time until,
                                                                    int limit) = 0;

  // The steps told of one opening of a blocker, by level.
  virtual absl::StatusOr<std::vector<TakenStep>> ListSteps(const std::string& tenant,
                                                           int64_t blocker_id, int opening) = 0;
  // ALREADY_EXISTS where the step was told before; a store that waits for its writes later fails as
  // a whole then.
  virtual absl::Status InsertStep(const TakenStep& step) = 0;
  // Overwrites the outcome alone; does nothing where there is no such step.
  virtual absl::Status PutStepOutcome(const TakenStep& step) = 0;

  // Gives it an id greater than all before it; `feedback.id` is not looked at.
  virtual absl::Status InsertFeedback(const Feedback& feedback) = 0;

  // Whether the ticket hangs on another one, or another one on it.
  virtual absl::StatusOr<bool> IsLinked(const TicketKey& key) = 0;
  // The links as of everything done so far; ask anew after a ticket was put.
  virtual absl::StatusOr<Links*> links() = 0;
  // Keeps an event as it came; its ticket need not be known. Once per event.
  virtual absl::Status InsertRawEvent(const RawEvent& event) = 0;

  // Whether any ticket or author of the tenant was erased. Cheap: every event asks. What is said
  // stays true to the end of the transaction, whoever else inserts one meanwhile.
  virtual absl::StatusOr<bool> HasErasures(const std::string& tenant) = 0;
  // Those of tickets and authors among `subjects`, oldest first.
  virtual absl::StatusOr<std::vector<Erasure>> FindErasures(
      const std::string& tenant, const std::vector<std::string>& subjects) = 0;
  // Returns the new id, greater than all before it. `erasure.id` is not looked at.
  virtual absl::StatusOr<int64_t> InsertErasure(const Erasure& erasure) = 0;
  // Adds to its count of rows, and says whether it is done. NOT_FOUND when the tenant has no such
  // erasure.
  virtual absl::Status AddErased(const std::string& tenant, int64_t id, int64_t rows,
                                 bool done) = 0;

  // Takes the texts out of every row about the ticket, and says how many rows had any. To be the
  // first that its transaction does with the ticket.
  virtual absl::StatusOr<int64_t> EraseTexts(const TicketKey& key, const TextEraser& eraser) = 0;
  // Deletes what is older than `before`, at most about `limit` rows of it and what hangs on them.
  // Returns how many rows went; 0: there is nothing left to delete.
  virtual absl::StatusOr<int64_t> Purge(Kept kept, const std::string& tenant, absl::Time before,
                                        int limit) = 0;
  // Deletes the ticket and every row about it, but for the ids of its events and the records of
  // erasures; with them what it says of others, while what others say of it stays, with whether it
  // had ended. What is worked out from that is the caller's to note. Returns how many rows went. To
  // be the last that its transaction does with the ticket.
  virtual absl::StatusOr<int64_t> DeleteTicket(const TicketKey& key) = 0;
};

using TransactionWork = absl::FunctionRef<absl::Status(Transaction&)>;

// Keeps tickets, blockers and escalations. Thread-safe. Times come back in whole microseconds.
//
// Every read may return UNAVAILABLE, DEADLINE_EXCEEDED, DATA_LOSS or INTERNAL beside the codes it
// names. Work and visitors must not call the store themselves: it may be waiting for them.
class Store {
 public:
  virtual ~Store() = default;

  // Runs `work` in one transaction and commits it to disk; all or nothing. When `work` fails, its
  // status comes back and nothing is kept. `work` may be run more than once (after a lost race), so
  // it must not have effects of its own that cannot be repeated. Transactions that touch the same
  // ticket run one after the other, whichever process they are in. UNAVAILABLE when the work kept
  // losing races.
  virtual absl::Status Transact(TransactionWork work) = 0;

  // Answers OK while the store can be read and written: commits something of no consequence to
  // disk.
  virtual absl::Status CheckReady() = 0;

  // NOT_FOUND when the tenant has no such blocker.
  virtual absl::StatusOr<Blocker> GetBlocker(const std::string& tenant, int64_t id) = 0;
  // Oldest first; empty for a blocker that does not exist.
  virtual absl::StatusOr<std::vector<BlockerChange>> ListChanges(const std::string& tenant,
                                                                 int64_t blocker_id) = 0;
  virtual absl::StatusOr<Part<Blocker>> ListBlockers(const std::string& tenant,
                                                     const Filter& filter, const Page& page) = 0;
  // nullopt when nothing is known of the ticket.
  virtual absl::StatusOr<std::optional<StoredTicket>> GetTicket(const TicketKey& key) = 0;

  // `blocker_id` 0: of all blockers; else those that tell of it, among others too.
  virtual absl::StatusOr<std::vector<Escalation>> ListEscalations(const std::string& tenant,
                                                                  int64_t blocker_id,
                                                                  const Page& page) = 0;
  // Oldest first, ids above `after_id`, at most `limit`.
  virtual absl::StatusOr<std::vector<Escalation>> EscalationsAfter(const std::string& tenant,
                                                                   int64_t after_id, int limit) = 0;
  // The highest id given to an escalation of any tenant; 0 before the first.
  virtual absl::StatusOr<int64_t> LastEscalationId() = 0;

  // Blockers of all tenants, not resolved, whose next_escalation_time is at or before `now`; the
  // most overdue first, at most `limit`.
  virtual absl::StatusOr<std::vector<Blocker>> DueBlockers(absl::Time now, int limit) = 0;

  // Of all tenants, by category, reason and project.
  virtual absl::StatusOr<std::vector<OpenBlockerCount>> CountOpenBlockers() = 0;

  // Hands what a report sums up of every blocker of the tenant that lasted at any moment of
  // [from, to) to `visit`, in no particular order, without holding them all in memory. A spell's
  // first and last instant belong to it. Empty `project`: all.
  virtual absl::Status VisitBlockers(const std::string& tenant, const std::string& project,
                                     absl::Time from, absl::Time to,
                                     absl::FunctionRef<void(const ReportedBlocker&)> visit) = 0;

  // Hands every step of the tenant that was told in [from, to) to `visit`, in no particular order,
  // without holding them all in memory. Empty `project`: all.
  virtual absl::Status VisitSteps(const std::string& tenant, const std::string& project,
                                  absl::Time from, absl::Time to,
                                  absl::FunctionRef<void(const TakenStep&)> visit) = 0;

  // What was given at `since` or later.
  virtual absl::StatusOr<Part<Feedback>> ListFeedback(const std::string& tenant, absl::Time since,
                                                      const Page& page) = 0;

  // Hands `read` what reads the links; all of its reads are made one after the other, not in one
  // snapshot.
  virtual absl::Status ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) = 0;
  // Keys of the tenant's tickets in their order (source, then key, by bytes) behind `after`,
  // nullopt: from the first; at most `limit`.
  virtual absl::StatusOr<std::vector<TicketKey>> ListTickets(const std::string& tenant,
                                                             const std::optional<TicketKey>& after,
                                                             int limit) = 0;
  // The same of those of which an event was received at `since` or later and is kept.
  virtual absl::StatusOr<std::vector<TicketKey>> ListTicketsWithEvents(
      const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after,
      int limit) = 0;
  // As of one moment; nullopt when nothing is known of the ticket.
  virtual absl::StatusOr<std::optional<TicketFile>> GetTicketFile(const TicketKey& key) = 0;
  // How many rows Transaction::EraseTexts would change.
  virtual absl::StatusOr<int64_t> CountTexts(const TicketKey& key, const TextEraser& eraser) = 0;

  virtual absl::StatusOr<std::vector<Erasure>> ListErasures(const std::string& tenant,
                                                            const Page& page) = 0;
  // Those of tickets and authors that are not done, of all tenants, oldest first, at most `limit`.
  virtual absl::StatusOr<std::vector<Erasure>> UnfinishedErasures(int limit) = 0;

  // Makes sure that nothing of what was deleted or overwritten is left in the store's own files,
  // and gives the room back. UNAVAILABLE when a reader kept it from that; later it may not.
  virtual absl::Status Compact() = 0;
};

}  // namespace clearway
