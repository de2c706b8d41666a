#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"

namespace clearway {

// One of several blockers that are told in one message.
struct EscalationMember {
  int64_t blocker_id = 0;
  TicketKey ticket;
  std::string title;
  // Of its own ladder.
  int level = 0;
  absl::Time due_time;

  friend bool operator==(const EscalationMember&, const EscalationMember&) = default;
};

// One suggested step, and once it was taken one message; see clearway.v1.Escalation.
struct Escalation {
  // Given by the store in growing order, from 1; 0 while it is only a suggestion.
  int64_t id = 0;
  // 0 for a ticket that is not stored.
  int64_t blocker_id = 0;
  TicketKey ticket;
  int level = 0;
  std::string target;
  std::string channel;
  absl::Time due_time;
  // nullopt while it is only a suggestion.
  std::optional<absl::Time> create_time;
  std::vector<std::string> steps;
  std::string draft_message;
  std::string rationale;
  std::string language;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::string policy;
  // Who `target` is, in one form for all languages and spellings; see planner.h.
  std::string recipient;
  // What may be told in one message has the same; empty only while it is a suggestion told by
  // itself.
  std::string group;
  // 0 to 100; see schedule.h.
  double urgency = 0;
  // All that the message is about where that is more than one, the most urgent first: the blocker
  // above. Texts and times above are its.
  std::vector<EscalationMember> members = {};

  friend bool operator==(const Escalation&, const Escalation&) = default;
};

// What to do about one reason in one language; texts hold {ticket}, {title}, {party}, {age},
// {since}, {project}.
struct Playbook {
  std::string default_party;
  std::vector<std::string> steps;
  std::string nudge;
  std::string escalation;
  std::string rationale;
};

struct RoleNames {
  std::string team_lead;
  std::string manager;
  std::string sponsor;
};

// Complete: every reason and every language of {"en", "zh"} is present.
struct Playbooks {
  std::map<std::pair<Reason, std::string>, Playbook> by_reason;
  std::map<std::string, RoleNames> roles;
};

}  // namespace clearway
