#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/domain/dependency.h"
#include "service/domain/standing.h"
#include "service/domain/ticket.h"

namespace clearway {

// Tickets link to others of their own tool alone.
struct LinkScope {
  std::string tenant;
  std::string source;

  TicketKey Of(const std::string& ticket) const { return {tenant, source, ticket}; }
  friend bool operator==(const LinkScope&, const LinkScope&) = default;
};

// What is known of a ticket that links name.
struct LinkedTicket {
  std::string ticket;
  // False: others link to it, but it was never seen, or deleted from here. It is held to be open
  // then, unless it was over when it was deleted.
  bool known = false;
  // Done, or deleted by its tracker.
  bool over = false;
  std::string project;
  // Its blocker that lasts; 0: none.
  int64_t blocker_id = 0;
  // When the present spell of that began, and how long the earlier ones were.
  absl::Time spell_time;
  absl::Duration past;

  absl::Duration blocked(absl::Time now) const {
    return blocker_id == 0 ? absl::ZeroDuration() : past + (now - spell_time);
  }
  friend bool operator==(const LinkedTicket&, const LinkedTicket&) = default;
};

// Blocked time that grows with the clock: `stuck` tickets, and what is to be added to so many times
// the present moment (since the Unix epoch, in milliseconds, so that sums over millions fit).
struct BlockedSum {
  int64_t stuck = 0;
  int64_t offset_ms = 0;

  static BlockedSum Of(const LinkedTicket& ticket);
  absl::Duration At(absl::Time now) const;
  friend bool operator==(const BlockedSum&, const BlockedSum&) = default;
};

// One ticket that hangs on one root, as last worked out.
struct Hanging {
  std::string root;
  std::string ticket;
  std::string project;
  // It is in the circle that goes by `root`.
  bool in_circle = false;
  BlockedSum blocked;

  friend bool operator==(const Hanging&, const Hanging&) = default;
};

// One root that something hangs on.
struct Root {
  std::string source;
  std::string ticket;
  int64_t tickets = 0;
  // How many make up the circle that goes by it; 0: it is one ticket.
  int circle = 0;
  BlockedSum blocked;

  RootWeight weight(absl::Time now) const { return {tickets, blocked.stuck, blocked.At(now)}; }
  friend bool operator==(const Root&, const Root&) = default;
};

// Which roots of a tenant, the heaviest first: by blocked time as of `time`, then by tickets, then
// by source and key.
struct RootQuery {
  std::string tenant;
  // Those that a ticket of this project hangs on. Empty: all.
  std::string project;
  absl::Time time;
  // At least 1.
  int limit = 50;
  // Those behind this one, by its weight as of `time`; nullopt: from the heaviest.
  std::optional<Root> after;
};

// What may have moved a ticket's place, or others'; the stronger says more.
enum class LinkChange {
  // How long it has been stuck counts differently.
  kWeight = 1,
  // It hangs on more than before.
  kMore = 2,
  // It, or what hangs on it, may hang on less than before, so that ladders may go on.
  kLess = 3,
};
inline constexpr int kLinkChangeCount = 4;

// A change that has not been worked out yet.
struct PendingLinkChange {
  int64_t id = 0;
  std::string ticket;
  LinkChange change = LinkChange::kMore;
};

// Tickets that were last written before links were kept.
struct UnlinkedTickets {
  // Behind which they were looked for: those up to it are linked.
  TicketKey after;
  std::vector<TicketKey> tickets;
  // The last ticket that was looked at; nullopt: there are no more.
  std::optional<TicketKey> last;
};

// All lists of keys may be of any length; the rows come in no order unless one is told.
class LinkReader {
 public:
  virtual ~LinkReader() = default;

  // What the tickets hang on straight away, and what hangs on them. No pair comes twice.
  virtual absl::StatusOr<std::vector<Dependency>> HangsOn(
      const LinkScope& scope, const std::vector<std::string>& tickets) = 0;
  virtual absl::StatusOr<std::vector<Dependency>> Holds(
      const LinkScope& scope, const std::vector<std::string>& tickets) = 0;
  // One for each of the tickets, in their order.
  virtual absl::StatusOr<std::vector<LinkedTicket>> Tickets(
      const LinkScope& scope, const std::vector<std::string>& tickets) = 0;
  // The roots of the tickets.
  virtual absl::StatusOr<std::vector<Hanging>> RootsOf(const LinkScope& scope,
                                                       const std::vector<std::string>& tickets) = 0;
  // What hangs on a root: the circle first, then what has been stuck longest; ties by key.
  virtual absl::StatusOr<std::vector<Hanging>> HangingOn(const LinkScope& scope,
                                                         const std::string& root, int limit) = 0;
  // Those of the tickets that are roots.
  virtual absl::StatusOr<std::vector<Root>> FindRoots(const LinkScope& scope,
                                                      const std::vector<std::string>& tickets) = 0;
  virtual absl::StatusOr<std::vector<Root>> HeaviestRoots(const RootQuery& query) = 0;
  // Changes of the tenant that were not worked out yet, counted up to `limit`.
  virtual absl::StatusOr<int> CountPending(const std::string& tenant, int limit) = 0;
  // The next tickets that are to be linked, at most `limit`, from among the next `looked_at` of all
  // tenants; nullopt: all are linked. One that cannot be read is passed over.
  virtual absl::StatusOr<std::optional<UnlinkedTickets>> FindUnlinked(int limit, int looked_at) = 0;
};

// Changes of one scope that are worked out together.
struct LinkWork {
  LinkScope scope;
  // Oldest first.
  std::vector<PendingLinkChange> changes;
};

// Within a transaction. What tickets say of each other is written with their events; who hangs on
// which root is worked out from that later, by one worker a scope at a time.
class Links : public LinkReader {
 public:
  // Replaces what `ticket` itself says, by what is to be taken away and what to be added.
  virtual absl::Status PutDependencies(const TicketKey& ticket, const std::set<Dependency>& removed,
                                       const std::set<Dependency>& added) = 0;
  virtual absl::Status NoteChange(const TicketKey& ticket, LinkChange change) = 0;

  // The oldest changes of one scope, at most `limit`, with the right to write the rows below of
  // that scope. Those put off are left out unless `put_off` asks for them. nullopt: there are none,
  // or another transaction is at work on them.
  virtual absl::StatusOr<std::optional<LinkWork>> TakeChanges(bool put_off, int limit) = 0;
  virtual absl::Status ForgetChanges(const LinkScope& scope,
                                     const std::vector<PendingLinkChange>& changes) = 0;
  // Leaves a change to whoever asks for those put off.
  virtual absl::Status PutOff(const LinkScope& scope, const PendingLinkChange& change) = 0;

  // Those that were found count as linked from now on. False: another transaction was faster, or is
  // at it.
  virtual absl::StatusOr<bool> PassUnlinked(const UnlinkedTickets& found) = 0;

  virtual absl::Status PutHanging(const LinkScope& scope, const Hanging& hanging) = 0;
  virtual absl::Status RemoveHanging(const LinkScope& scope, const std::string& root,
                                     const std::string& ticket) = 0;
  // Adds up what hangs on a root; one that nothing hangs on any more is gone. `root.circle` takes
  // the place of what it was.
  virtual absl::Status AddToRoot(const LinkScope& scope, const Root& root) = 0;
};

}  // namespace clearway
