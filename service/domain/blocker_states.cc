#include "service/domain/blocker_states.h"

#include <array>

namespace clearway {
namespace {

// Short names, so that the table can be read.
constexpr BlockerState kNo = BlockerState::kUnspecified;
constexpr BlockerState kOpn = BlockerState::kOpen;
constexpr BlockerState kAck = BlockerState::kAcknowledged;
constexpr BlockerState kEsc = BlockerState::kEscalated;
constexpr BlockerState kRes = BlockerState::kResolved;
constexpr BlockerState kSnz = BlockerState::kSnoozed;

// By state and input, in the order of their numbers; kNo: refused. The end of a snooze leads where
// the blocker was before, for which kOpn stands here.
constexpr std::array<std::array<BlockerState, kBlockerInputCount>, kBlockerStateCount> kTable = {{
    // opened reclassified acknowledged snoozed snooze-ended escalated resolved reopened
    {kOpn, kNo, kNo, kNo, kNo, kNo, kNo, kNo},      // none
    {kNo, kOpn, kAck, kSnz, kNo, kEsc, kRes, kNo},  // open
    {kNo, kAck, kAck, kSnz, kNo, kNo, kRes, kNo},   // acknowledged
    {kNo, kEsc, kAck, kSnz, kNo, kEsc, kRes, kNo},  // escalated
    {kNo, kNo, kNo, kNo, kNo, kNo, kRes, kOpn},     // resolved
    {kNo, kSnz, kAck, kSnz, kOpn, kNo, kRes, kNo},  // snoozed
}};

}  // namespace

std::optional<BlockerStanding> Next(const BlockerStanding& standing, BlockerInput input,
                                    int level) {
  const BlockerState to = kTable[static_cast<size_t>(standing.state)][static_cast<size_t>(input)];
  if (to == kNo) return std::nullopt;
  BlockerStanding next = standing;
  next.state = to;
  switch (input) {
    case BlockerInput::kOpened:
    case BlockerInput::kReopened:
      next.acknowledged = false;
      next.level = 0;
      break;
    case BlockerInput::kAcknowledged:
      next.acknowledged = true;
      break;
    case BlockerInput::kSnoozeEnded:
      if (next.level > 0) next.state = kEsc;
      if (next.acknowledged) next.state = kAck;
      break;
    case BlockerInput::kEscalated:
      if (level <= standing.level) return std::nullopt;
      next.level = level;
      break;
    default:
      break;
  }
  return next;
}

BlockerStanding StandingOf(const Blocker& blocker) {
  return {blocker.state, blocker.acknowledge_time.has_value(), blocker.escalation_level};
}

}  // namespace clearway
