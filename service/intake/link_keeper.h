#pragma once

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/dependency.h"
#include "service/domain/ticket.h"
#include "service/store/store.h"

namespace clearway {

// What of a ticket the roots depend on.
struct LinkFacts {
  // False: nothing was kept of it, so what it was to others is not known.
  bool known = false;
  std::set<Dependency> dependencies;
  bool over = false;
  std::string project;
  // The blocker that lasts and when its present spell began; 0: none.
  int64_t blocker_id = 0;
  absl::Time spell_time;

  friend bool operator==(const LinkFacts&, const LinkFacts&) = default;
};

// `blocker`: the ticket's latest.
LinkFacts LinkFactsOf(const StoredTicket& ticket, const std::optional<Blocker>& blocker);

// Keeps what changed of a ticket: the dependencies that its links tell, as far as they differ, and
// a note of every place that has to be worked out anew. Writes nothing where nothing changed that
// others hang on. Returns whether anything was noted.
absl::StatusOr<bool> KeepLinks(const TicketKey& key, const LinkFacts& before,
                               const LinkFacts& after, Transaction& tx);

// The same for a ticket that is about to be deleted by Transaction::DeleteTicket: it hangs on
// nothing any more by its own word, and to those who say that they hang on it, it stays what it
// was.
absl::StatusOr<bool> LetLinksGo(const TicketKey& key, const StoredTicket& ticket,
                                const std::optional<Blocker>& blocker, Transaction& tx);

}  // namespace clearway
