#include "service/domain/blocker.h"

#include <algorithm>
#include <array>

namespace clearway {
namespace {

constexpr std::array<absl::string_view, kBlockerStateCount> kStateNames = {
    "", "OPEN", "ACKNOWLEDGED", "ESCALATED", "RESOLVED", "SNOOZED"};

absl::Duration Overlap(absl::Time begin, absl::Time end, absl::Time from, absl::Time to) {
  return std::max(absl::ZeroDuration(), std::min(end, to) - std::max(begin, from));
}

}  // namespace

absl::string_view BlockerStateName(BlockerState state) {
  return kStateNames[static_cast<size_t>(state)];
}

std::optional<BlockerState> ParseBlockerState(absl::string_view name) {
  const auto found = std::find(kStateNames.begin(), kStateNames.end(), name);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<BlockerState>(found - kStateNames.begin());
}

absl::Duration BlockedTime(const std::vector<BlockedSpell>& past_spells, absl::Time spell_time,
                           std::optional<absl::Time> resolve_time, absl::Time from, absl::Time to) {
  absl::Duration total = Overlap(spell_time, resolve_time.value_or(to), from, to);
  for (const BlockedSpell& spell : past_spells) {
    total += Overlap(spell.begin, spell.end, from, to);
  }
  return total;
}

}  // namespace clearway
