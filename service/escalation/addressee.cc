#include "service/escalation/addressee.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include "service/domain/party.h"
#include "service/escalation/wording.h"

namespace clearway {
namespace {

bool IsReporterWaiting(const Blocker& blocker, const Ticket& ticket, const Directory& directory) {
  if (blocker.category == Category::kCommunication || ticket.reporter.empty()) return false;
  const DirectoryParty* known = directory.Find(blocker.ticket.tenant, blocker.waiting_on);
  return SameParty(blocker.waiting_on, ticket.reporter) ||
         (known != nullptr && known == directory.Find(blocker.ticket.tenant, ticket.reporter));
}

bool IsOneOf(const Contact& contact, const std::string& words) {
  return SameParty(contact.name, words) || SameParty(contact.handle, words);
}

// The person whom the directory gives for the target; null: none, or one who waits himself.
const Contact* PersonFor(EscalationTarget target, const DirectoryParty& party,
                         const Ticket& ticket) {
  const Contact* person = nullptr;
  switch (target) {
    case EscalationTarget::kTeamLead:
      person = &party.lead;
      break;
    case EscalationTarget::kManager:
      person = &party.manager;
      break;
    case EscalationTarget::kSponsor:
      person = &party.sponsor;
      break;
    case EscalationTarget::kParty:
      break;
  }
  if (person == nullptr || person->name.empty() || IsOneOf(*person, ticket.assignee) ||
      IsOneOf(*person, ticket.reporter)) {
    return nullptr;
  }
  return person;
}

// What is settled on one's own side: engineering, and talks with a vendor's management.
bool IsSettledByOwnLead(const Blocker& blocker) {
  return blocker.category == Category::kTechnical || blocker.reason == Reason::kVendorOrPartner;
}

Addressee Role(EscalationTarget target, const WaitedFor& party, const Blocker& blocker,
               const RoleNames& roles) {
  switch (target) {
    case EscalationTarget::kTeamLead:
      if (party.named && !roles.party_lead.empty() && !IsSettledByOwnLead(blocker)) {
        return {
            .words = absl::StrReplaceAll(roles.party_lead, {{"{party}", PartyWords(party.words)}}),
            .recipient = absl::StrCat("lead/", NormalizedParty(party.words))};
      }
      return {.words = roles.team_lead, .recipient = absl::StrCat("team-lead/", blocker.project)};
    case EscalationTarget::kManager:
      return {.words = roles.manager, .recipient = absl::StrCat("manager/", blocker.project)};
    case EscalationTarget::kSponsor:
      return {.words = roles.sponsor, .recipient = absl::StrCat("sponsor/", blocker.project)};
    case EscalationTarget::kParty:
      break;
  }
  // A usual party is another one in every project.
  return {.words = party.words,
          .recipient = party.named ? absl::StrCat("party/", NormalizedParty(party.words))
                                   : absl::StrCat("usual/", party.words, "/", blocker.project)};
}

void AddReach(const Contact& contact, Addressee* addressee) {
  addressee->recipient = absl::StrCat("party/", NormalizedParty(contact.name));
  addressee->handle = contact.handle;
  addressee->channel = contact.channel;
  addressee->language = contact.language;
}

}  // namespace

WaitedFor WaitedForBy(const Blocker& blocker, const Ticket& ticket, const std::string& usual,
                      const Directory& directory) {
  if (blocker.waiting_on.empty() || IsReporterWaiting(blocker, ticket, directory)) {
    return {usual, false, nullptr};
  }
  return {blocker.waiting_on, true, directory.Find(blocker.ticket.tenant, blocker.waiting_on)};
}

Addressee AddresseeOf(EscalationTarget target, const WaitedFor& party, const Blocker& blocker,
                      const Ticket& ticket, const RoleNames& roles) {
  Addressee addressee = Role(target, party, blocker, roles);
  if (party.known == nullptr) return addressee;
  if (target == EscalationTarget::kParty) {
    AddReach(party.known->self, &addressee);
    return addressee;
  }
  const Contact* person = PersonFor(target, *party.known, ticket);
  if (person == nullptr) {
    // All spellings of the party have one lead.
    if (addressee.recipient == absl::StrCat("lead/", NormalizedParty(party.words))) {
      addressee.recipient = absl::StrCat("lead/", NormalizedParty(party.known->self.name));
    }
    return addressee;
  }
  addressee.words = addressee.name = person->name;
  AddReach(*person, &addressee);
  return addressee;
}

}  // namespace clearway
