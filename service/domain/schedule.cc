#include "service/domain/schedule.h"

#include <algorithm>
#include <cmath>

namespace clearway {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

absl::Duration Between(absl::Time from, absl::Time to, const BusinessCalendar* calendar) {
  return calendar == nullptr ? to - from : calendar->BusinessTimeBetween(from, to);
}

absl::Time Add(absl::Time start, absl::Duration delay, const BusinessCalendar* calendar) {
  return calendar == nullptr ? start + delay : calendar->AddBusinessTime(start, delay);
}

double Weight(Priority priority) {
  switch (priority) {
    case Priority::kHighest:
      return 1.0;
    case Priority::kHigh:
      return 0.8;
    case Priority::kLow:
      return 0.4;
    case Priority::kLowest:
      return 0.2;
    default:
      return 0.6;
  }
}

}  // namespace

absl::Duration DelayOf(const LadderStep& step, const BusinessCalendar* calendar) {
  const absl::Duration day = calendar == nullptr ? kDay : calendar->day_length();
  const absl::Duration week = calendar == nullptr ? 7 * kDay : calendar->week_length();
  // Finer parts would be lost on their way through the store.
  return absl::Trunc(step.after + day * step.days + week * step.weeks, absl::Microseconds(1));
}

absl::Time DueTime(absl::Time start, absl::Duration delay, const std::vector<BlockedSpell>& rests,
                   const BusinessCalendar* calendar) {
  for (const BlockedSpell& rest : rests) {
    if (rest.end <= start) continue;
    if (rest.begin > start) {
      const absl::Duration before = Between(start, rest.begin, calendar);
      if (before >= delay) break;
      delay -= before;
    }
    start = rest.end;
  }
  return Add(start, delay, calendar);
}

absl::Time GroupSlot(absl::Time time, absl::Duration interval) {
  if (interval <= absl::ZeroDuration()) return time;
  return absl::UnixEpoch() + absl::Ceil(time - absl::UnixEpoch(), interval);
}

absl::Time SlotBegin(absl::Time time, absl::Duration interval) {
  if (interval <= absl::ZeroDuration()) return time;
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), interval);
}

absl::Time FirstOpening(absl::Time time, const BusinessCalendar* open,
                        const std::vector<const Mute*>& mutes, std::vector<Hold>* holds) {
  const auto put_off = [&](Hold::Cause cause, const std::string& name, absl::Time until) {
    if (holds != nullptr) holds->push_back({cause, name, until});
    time = until;
  };
  // Each mute can put it off once, so this ends.
  for (bool held = true; held && time != absl::InfiniteFuture();) {
    held = false;
    const absl::Time opening = open == nullptr ? time : open->NextOpening(time);
    if (opening > time) put_off(Hold::Cause::kQuietHours, open->name(), opening);
    for (const Mute* mute : mutes) {
      if (time < mute->begin || time >= mute->end) continue;
      put_off(Hold::Cause::kMute, mute->name, mute->end);
      held = true;
    }
  }
  return time;
}

std::optional<absl::Time> HeldByRate(const RateLimit& limit,
                                     const std::vector<RecentMessage>& recent, absl::Time now) {
  const auto count = static_cast<size_t>(std::max(0, limit.count));
  if (count == 0 || recent.size() < count) return std::nullopt;
  // It may go once the count-th newest has left the window.
  const absl::Time free = recent[count - 1].time + limit.window;
  return free > now ? std::optional<absl::Time>(free) : std::nullopt;
}

double Urgency(Priority priority, double days) {
  return 100 * Weight(priority) * (1 - 0.75 * std::exp2(-std::max(0.0, days) / 5));
}

}  // namespace clearway
