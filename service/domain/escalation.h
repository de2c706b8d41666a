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
  // The one thing to do now, and what to do when nothing comes of it.
  std::string next_step;
  std::string fallback;
  // How the target is reached, as the directory says; empty: not known.
  std::string handle;
  // Of the draft: the target's, where the directory says it, else `language`.
  std::string draft_language;
  // All that the message is about where that is more than one, the most urgent first: the blocker
  // above. Texts and times above are its.
  std::vector<EscalationMember> members = {};

  friend bool operator==(const Escalation&, const Escalation&) = default;
};

// What to do about one reason in one language; texts hold facts (see template.h).
struct Playbook {
  std::string default_party;
  std::vector<std::string> steps;
  std::string nudge;
  std::string escalation;
  std::string rationale;
  std::string next_step = {};
  std::string fallback = {};
  // Working days that the messages leave for an answer.
  int answer_days = 2;
};

struct RoleNames {
  std::string team_lead;
  std::string manager;
  std::string sponsor;
  // "the lead of {party}"; empty: as team_lead.
  std::string party_lead = {};
};

// What messages of all reasons share, in one language; texts hold facts (see template.h).
struct SharedTexts {
  // Openings, to somebody whose name is known, {name}, and to others.
  std::string hello_name;
  std::string hello;
  // What stands for {effect} and {situation}.
  std::string effect;
  std::string situation;
  // Whom the ladder turns to next, put after the fallback.
  std::string next_rung;
  // A message about several tickets: before the list, a line of it, what stands for those beyond
  // it, and what is asked.
  std::string group_opening;
  std::string group_item;
  std::string group_more;
  std::string group_closing;
};

// Complete: every reason and every language of {"en", "zh"} is present.
struct Playbooks {
  std::map<std::pair<Reason, std::string>, Playbook> by_reason;
  std::map<std::string, RoleNames> roles;
  std::map<std::string, SharedTexts> shared = {};
};

}  // namespace clearway
