#include "service/intake/next_step.h"

namespace clearway {

std::optional<Escalation> Worded(const NextStep& next, const Blocker& blocker,
                                 const std::vector<Evidence>& evidence) {
  return next.planner->PlanLevel(blocker, next.ticket, blocker.escalation_level + 1, evidence,
                                 next.now, next.standing);
}

}  // namespace clearway
