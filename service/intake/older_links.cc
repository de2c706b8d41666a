#include "service/intake/older_links.h"

#include <optional>

#include "service/base/status_macros.h"
#include "service/intake/link_keeper.h"

namespace clearway {
namespace {

// Returns whether anything is to be worked out.
absl::StatusOr<bool> Link(const TicketKey& key, StoredTicket ticket, Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Blocker> blocker, tx.GetLatestBlocker(key));
  const LinkFacts before = LinkFactsOf(ticket, blocker);
  ticket.links_kept = true;
  RETURN_IF_ERROR(tx.PutTicket(key, ticket));
  return KeepLinks(key, before, LinkFactsOf(ticket, blocker), tx);
}

}  // namespace

absl::StatusOr<LinkedTickets> LinkOlderTickets(const UnlinkedTickets& found, Transaction& tx) {
  LinkedTickets linked;
  {
    ASSIGN_OR_RETURN(Links* const links, tx.links());
    ASSIGN_OR_RETURN(linked.ours, links->PassUnlinked(found));
  }
  if (!linked.ours) return linked;
  for (const TicketKey& key : found.tickets) {
    ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(key));
    // An event may have come meanwhile.
    if (!ticket.has_value() || ticket->links_kept) continue;
    ASSIGN_OR_RETURN(const bool changed, Link(key, *std::move(ticket), tx));
    ++linked.tickets;
    linked.links_changed = linked.links_changed || changed;
  }
  return linked;
}

}  // namespace clearway
