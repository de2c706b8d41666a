#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/business_calendar.h"
#include "service/domain/policy.h"

namespace clearway {

// When steps fall due, and what puts them off. Pure; a calendar that is null means wall time, or no
// quiet hours.

// How long after the beginning of a spell a step falls due.
absl::Duration DelayOf(const LadderStep& step, const BusinessCalendar* calendar);

// The first moment by which `delay` has passed since `start`, rests not counted. `rests` are in
// order and apart.
absl::Time DueTime(absl::Time start, absl::Duration delay, const std::vector<BlockedSpell>& rests,
                   const BusinessCalendar* calendar);

// The first whole multiple of `interval` since the Unix epoch at or after `time`; `time` itself
// when there is no interval.
absl::Time GroupSlot(absl::Time time, absl::Duration interval);

// What put a step off, and until when.
struct Hold {
  enum class Cause { kGroup, kQuietHours, kMute };
  Cause cause = Cause::kQuietHours;
  // Of the quiet hours or the mute window.
  std::string name;
  absl::Time until;

  friend bool operator==(const Hold&, const Hold&) = default;
};

// The first moment at or after `time` that is neither quiet nor muted; InfiniteFuture when there is
// none. Never falls as `time` rises. `holds`, where given, is appended to.
absl::Time FirstOpening(absl::Time time, const BusinessCalendar* open,
                        const std::vector<const Mute*>& mutes, std::vector<Hold>* holds = nullptr);

// The last whole multiple of `interval` since the Unix epoch at or before `time`; `time` itself
// when there is no interval.
absl::Time SlotBegin(absl::Time time, absl::Duration interval);

// One message that a recipient was given.
struct RecentMessage {
  absl::Time time;
  std::string group;

  friend bool operator==(const RecentMessage&, const RecentMessage&) = default;
};

// When the limit lets another message go to the recipient of `recent`, which are all of the limit's
// window before `now` and may be older ones, newest first; nullopt: now.
std::optional<absl::Time> HeldByRate(const RateLimit& limit,
                                     const std::vector<RecentMessage>& recent, absl::Time now);

// How much a blocker should be heeded before others, 0 to 100: 100 · w · (1 - 3/4 · 2^(-days/5)),
// with w = 1 for HIGHEST, 0.8, 0.6 (MEDIUM and unset), 0.4, 0.2. A new blocker has a quarter of
// what it ends at, and five days, working days where its ladder counts those, make half of the
// rest. Rises with age and with priority.
double Urgency(Priority priority, double days);

}  // namespace clearway
