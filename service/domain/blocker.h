#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"

namespace clearway {

// Same numbers as clearway.v1.BlockerState.
enum class BlockerState {
  kUnspecified = 0,
  kOpen = 1,
  kAcknowledged = 2,
  kEscalated = 3,
  kResolved = 4,
  kSnoozed = 5,
};
inline constexpr int kBlockerStateCount = 6;

// Names as in the API without prefix ("OPEN"); "" for kUnspecified.
absl::string_view BlockerStateName(BlockerState state);
std::optional<BlockerState> ParseBlockerState(absl::string_view name);

// A time of being stuck that has ended: [begin, end).
struct BlockedSpell {
  absl::Time begin;
  absl::Time end;

  friend bool operator==(const BlockedSpell&, const BlockedSpell&) = default;
};

// A ticket's being stuck, from the first sign to the end. Times are whole microseconds.
struct Blocker {
  // Given by the store, from 1; 0 before it is stored.
  int64_t id = 0;
  TicketKey ticket;
  std::string project;
  std::string title;
  std::string url;
  BlockerState state = BlockerState::kOpen;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  Category secondary = Category::kUnspecified;
  std::string waiting_on;
  double confidence = 0;
  Priority priority = Priority::kUnspecified;
  // Highest step of the ladder taken; 0 before the first.
  int escalation_level = 0;
  // When it was first seen.
  absl::Time open_time;
  // When the present (or last) spell began: open_time, or the last re-opening. Ladders count from
  // here.
  absl::Time spell_time;
  // Spells that ended in a resolution before it was re-opened, oldest first.
  std::vector<BlockedSpell> past_spells;
  // When its ladder rested in the present spell, oldest first, apart from one another. While it is
  // kSnoozed the last is the snooze that lasts.
  std::vector<BlockedSpell> snoozes;
  std::optional<absl::Time> acknowledge_time;
  std::optional<absl::Time> resolve_time;
  absl::Time update_time;
  std::string language;
  // When the next step of the ladder falls due; nullopt: none to come.
  std::optional<absl::Time> next_escalation_time;
  // Set when a person ended it: TextFingerprint of the ticket then. Only other words re-open it.
  std::optional<uint64_t> resolved_text;

  // When the snooze ends; nullopt unless it is kSnoozed.
  std::optional<absl::Time> snooze_end_time() const {
    if (state != BlockerState::kSnoozed || snoozes.empty()) return std::nullopt;
    return snoozes.back().end;
  }

  int reopen_count() const { return static_cast<int>(past_spells.size()); }

  friend bool operator==(const Blocker&, const Blocker&) = default;
};

// One change of a blocker; never altered once written.
struct BlockerChange {
  absl::Time time;
  std::string actor;
  BlockerState from = BlockerState::kUnspecified;
  BlockerState to = BlockerState::kUnspecified;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::string note;

  friend bool operator==(const BlockerChange&, const BlockerChange&) = default;
};

// Wall time spent blocked within [from, to), over the past spells and the present (or last) one,
// which without a `resolve_time` lasts and counts up to `to`.
absl::Duration BlockedTime(const std::vector<BlockedSpell>& past_spells, absl::Time spell_time,
                           std::optional<absl::Time> resolve_time, absl::Time from, absl::Time to);
inline absl::Duration BlockedTime(const Blocker& blocker, absl::Time from, absl::Time to) {
  return BlockedTime(blocker.past_spells, blocker.spell_time, blocker.resolve_time, from, to);
}

}  // namespace clearway
