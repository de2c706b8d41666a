#pragma once

#include <string>

#include "service/escalation/planner.h"

namespace clearway {

// What a policy says about a blocker and how it comes to that, for people. Times are in the zone of
// the ladder's calendar, else of the quiet hours, else UTC. `standing`: what the links say.
std::string PolicyExplanationText(const Planner& planner, const Blocker& blocker,
                                  const Ticket& ticket, absl::Time now,
                                  const Standing& standing = {});

}  // namespace clearway
