#include "service/intake/link_keeper.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "service/base/status_macros.h"
#include "service/domain/ticket_state.h"

namespace clearway {
namespace {

std::set<Dependency> Without(const std::set<Dependency>& all, const std::set<Dependency>& some) {
  std::set<Dependency> rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

// What became of the ticket itself, links aside; nullopt: nothing.
std::optional<LinkChange> ChangeOf(const LinkFacts& before, const LinkFacts& after) {
  if (after.over != before.over) return after.over ? LinkChange::kLess : LinkChange::kMore;
  if (after.blocker_id == 0 && before.blocker_id != 0) return LinkChange::kLess;
  // It may be one that was deleted when it had ended, and has come back.
  if (after.known && !before.known && !after.over) return LinkChange::kMore;
  if (after.blocker_id != before.blocker_id || after.spell_time != before.spell_time ||
      after.project != before.project) {
    return LinkChange::kWeight;
  }
  return std::nullopt;
}

}  // namespace

LinkFacts LinkFactsOf(const StoredTicket& ticket, const std::optional<Blocker>& blocker) {
  LinkFacts facts;
  facts.known = ticket.links_kept;
  facts.over = IsOver(ticket.state);
  facts.project = ticket.state.ticket.project;
  if (ticket.links_kept && !ticket.state.deleted) {
    facts.dependencies = DependenciesOf(ticket.state.ticket);
  }
  if (blocker.has_value() && blocker->state != BlockerState::kResolved) {
    facts.blocker_id = blocker->id;
    facts.spell_time = blocker->spell_time;
  }
  return facts;
}

absl::StatusOr<bool> KeepLinks(const TicketKey& key, const LinkFacts& before,
                               const LinkFacts& after, Transaction& tx) {
  if (after == before) return false;
  std::map<std::string, LinkChange> changes;
  const auto note = [&](const std::string& ticket, LinkChange change) {
    LinkChange& kept = changes.try_emplace(ticket, change).first->second;
    kept = std::max(kept, change);
  };
  const std::set<Dependency> removed = Without(before.dependencies, after.dependencies);
  const std::set<Dependency> added = Without(after.dependencies, before.dependencies);
  for (const Dependency& gone : removed) note(gone.ticket, LinkChange::kLess);
  for (const Dependency& more : added) note(more.ticket, LinkChange::kMore);
  if (const std::optional<LinkChange> own = ChangeOf(before, after)) {
    // Most tickets are linked to no other.
    bool linked = !removed.empty() || !added.empty();
    if (!linked) {
      ASSIGN_OR_RETURN(linked, tx.IsLinked(key));
    }
    if (linked) note(key.key, *own);
  }
  if (changes.empty()) return false;
  ASSIGN_OR_RETURN(Links* const links, tx.links());
  RETURN_IF_ERROR(links->PutDependencies(key, removed, added));
  for (const auto& [ticket, change] : changes) {
    RETURN_IF_ERROR(links->NoteChange({key.tenant, key.source, ticket}, change));
  }
  return true;
}

absl::StatusOr<bool> LetLinksGo(const TicketKey& key, const StoredTicket& ticket,
                                const std::optional<Blocker>& blocker, Transaction& tx) {
  const LinkFacts before = LinkFactsOf(ticket, blocker);
  LinkFacts after;
  after.over = before.over;
  return KeepLinks(key, before, after, tx);
}

}  // namespace clearway
