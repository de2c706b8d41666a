#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"
#include "service/domain/policy.h"
#include "service/domain/standing.h"
#include "service/domain/step_outcome.h"
#include "service/domain/ticket.h"
#include "service/escalation/planner.h"
#include "service/store/store.h"

namespace clearway {

// What all steps of one turn are taken by.
struct Turn {
  const Planner& planner;
  const Pacing& pacing;
  absl::Time now;
  Transaction& tx;
  // What a day of being blocked costs, for the words about roots; nullopt: not known.
  std::optional<double> daily_cost = std::nullopt;
};

// A stored blocker that lasts, with what its step is worked out from. All must outlive the turn.
struct Climber {
  Blocker* blocker;
  const Ticket* ticket;
  const std::vector<Evidence>* evidence;
  // What the links say about it, once that was looked up.
  std::optional<Standing>* standing;
};

// What put a step off that had fallen due.
enum class PutOff {
  // Too many messages within a minute.
  kPace = 0,
  // The recipient's limit.
  kRateLimit = 1,
  // The recipient was told of the same party a moment ago: it gathers for the next message.
  kGather = 2,
};
inline constexpr int kPutOffCount = 3;

// What a turn came to.
struct Climbed {
  // What was recorded, with ids; at most one of each turn.
  std::vector<Escalation> messages;
  // Steps whose outcome became known.
  std::vector<TakenStep> settled;
  // One for each step.
  std::vector<PutOff> put_off;
};

// Takes what has fallen due on blockers of one tenant, the most urgent first, ending snoozes that
// are over: what goes to the same recipient as the first step that is due becomes one message. What
// goes elsewhere is left as it is; all others get the time to come back at, which is after now.
// What the pace holds back comes back at `retry`. A step told once, for this opening and level, is
// not told again. A blocker whose ticket hangs on one that is stuck itself rests, and takes no part
// in the message.
absl::Status Climb(const Turn& turn, const std::vector<Climber>& climbers, absl::Time retry,
                   Climbed* climbed);

// What the links say about a climber.
absl::StatusOr<Standing> StandingIn(const Turn& turn, const Climber& climber);

// A blocker was resolved: gives its steps their outcomes, and returns those that changed. The
// blocker must be as it is after the resolution.
absl::StatusOr<std::vector<TakenStep>> SettleSteps(const Blocker& blocker, Transaction& tx);

}  // namespace clearway
