#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/business_calendar.h"
#include "service/domain/classification.h"
#include "service/domain/dependants.h"
#include "service/domain/escalation.h"
#include "service/domain/policy.h"
#include "service/domain/standing.h"
#include "service/domain/ticket.h"
#include "service/escalation/template.h"
#include "service/escalation/wording.h"

namespace clearway {

// What is known of one blocker. All of it must outlive this.
struct Situation {
  const Blocker& blocker;
  const Ticket& ticket;
  const std::vector<Evidence>& evidence;
  const Dependants& dependants;
  const Standing& standing;
  // In which waiting is counted and days are named.
  const BusinessCalendar& calendar;
  // False where `calendar` only stands for one that nobody gave.
  bool calendar_given = false;
  // Null: not known.
  const DailyCost* cost = nullptr;
  absl::Time now;
};

// The facts of the ticket and its blocker, none of a step. `party` is whom it waits for, in the
// ticket's words or the playbook's. What comes from the ticket is made harmless (see quote.h).
TemplateFacts FactsOf(const Situation& situation, const std::string& party, Language language);

// Whole working days since it got stuck.
int64_t WorkingDaysStuck(const Situation& situation);

}  // namespace clearway
