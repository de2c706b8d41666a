#pragma once

#include <memory>

#include "absl/time/time.h"

#include "service/domain/standing.h"
#include "service/domain/ticket.h"
#include "service/escalation/planner.h"

namespace clearway {

// The step that a blocker's ladder comes to next, with all that its words are made of beside the
// blocker and the evidence.
struct NextStep {
  std::shared_ptr<const Planner> planner;
  Ticket ticket;
  Standing standing;
  absl::Time now;
};

}  // namespace clearway
