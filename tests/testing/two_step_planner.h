#pragma once

#include <stdexcept>
#include <string>

#include "service/escalation/planner.h"
#include "service/escalation/policy_loader.h"

namespace clearway::testing {

// One ladder for everything, a step after an hour and one after a day, with the built-in playbooks.
inline Planner TwoStepPlanner() {
  Ladder ladder;
  ladder.name = "two-steps";
  ladder.steps = {{absl::Hours(1), EscalationTarget::kParty, "ticket"},
                  {absl::Hours(24), EscalationTarget::kManager, "mail"}};
  absl::StatusOr<Playbooks> playbooks = BuiltInPlaybooks();
  if (!playbooks.ok()) throw std::runtime_error(playbooks.status().ToString());
  return Planner({{ladder}}, *std::move(playbooks));
}

}  // namespace clearway::testing
