#pragma once

#include <string>

#include "service/domain/blocker.h"
#include "service/domain/directory.h"
#include "service/domain/escalation.h"
#include "service/domain/policy.h"
#include "service/domain/ticket.h"

namespace clearway {

// Whom a ticket waits for.
struct WaitedFor {
  // The ticket's words, or the playbook's where it names nobody who could be turned to.
  std::string words;
  // Whether they are the ticket's.
  bool named = false;
  // Null: the directory does not know it.
  const DirectoryParty* known = nullptr;
};

// Who reported the ticket, and waits, is not asked to act; where words must flow it may be just he
// who owes them. `usual`: the playbook's party.
WaitedFor WaitedForBy(const Blocker& blocker, const Ticket& ticket, const std::string& usual,
                      const Directory& directory);

// Whom one step turns to. All but `words` and `recipient` may be empty.
struct Addressee {
  // A person's name, the party's words, or a role's.
  std::string words;
  // One form for all languages and spellings; see planner.h.
  std::string recipient;
  // The person's name, where the directory gives it.
  std::string name = {};
  std::string handle = {};
  // In place of the rung's.
  std::string channel = {};
  // In place of the ticket's.
  std::string language = {};
};

// Never a name of its own making: names are the ticket's or the directory's, the rest is a role.
// Whoever waits himself, as assignee or reporter, is not turned to by name either.
Addressee AddresseeOf(EscalationTarget target, const WaitedFor& party, const Blocker& blocker,
                      const Ticket& ticket, const RoleNames& roles);

}  // namespace clearway
