#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"
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

// The step as a suggestion, which has no id; nullopt where the ladder has no further one.
std::optional<Escalation> Worded(const NextStep& next, const Blocker& blocker,
                                 const std::vector<Evidence>& evidence);

}  // namespace clearway
