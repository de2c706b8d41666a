#pragma once

#include <optional>

#include "service/domain/blocker.h"

namespace clearway {

// What can happen to a blocker.
enum class BlockerInput {
  kOpened = 0,
  // The same ticket is stuck on something else now.
  kReclassified = 1,
  kAcknowledged = 2,
  kSnoozed = 3,
  kSnoozeEnded = 4,
  // A step of its ladder was taken.
  kEscalated = 5,
  kResolved = 6,
  kReopened = 7,
};
inline constexpr int kBlockerInputCount = 8;

// The part of a blocker that its states are about. The default is that there is none.
struct BlockerStanding {
  BlockerState state = BlockerState::kUnspecified;
  // In the present spell.
  bool acknowledged = false;
  int level = 0;

  friend bool operator==(const BlockerStanding&, const BlockerStanding&) = default;
};

// The one table of a blocker's states: where an input leads, nullopt where it is refused. `level`
// is looked at for kEscalated alone, which is refused unless it is above the standing's. Without a
// blocker only kOpened is taken. An input that was taken changes nothing when it comes again, or is
// refused then.
//
//              | opened | reclassified | acknowledged | snoozed | snooze ended | escalated |
//              resolved
//  (none)      | OPEN   |              |              |         |              |           |
//  OPEN        |        | OPEN         | ACKNOWLEDGED | SNOOZED |              | ESCALATED |
//  RESOLVED ACKNOWLEDGED|        | ACKNOWLEDGED | ACKNOWLEDGED | SNOOZED |              | |
//  RESOLVED ESCALATED   |        | ESCALATED    | ACKNOWLEDGED | SNOOZED |              | ESCALATED
//  | RESOLVED SNOOZED     |        | SNOOZED      | ACKNOWLEDGED | SNOOZED | as before    | |
//  RESOLVED RESOLVED    |        |              |              |         |              | |
//  RESOLVED
//
// and RESOLVED alone is re-opened, to OPEN at level 0. "As before" is ACKNOWLEDGED where somebody
// has taken it up, ESCALATED above level 0, else OPEN.
std::optional<BlockerStanding> Next(const BlockerStanding& standing, BlockerInput input,
                                    int level = 0);

BlockerStanding StandingOf(const Blocker& blocker);

}  // namespace clearway
