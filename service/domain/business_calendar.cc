#include "service/domain/business_calendar.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

constexpr int kMinutesPerDay = 24 * 60;

// Sorts; INVALID_ARGUMENT for hours that cannot be.
absl::Status Order(std::vector<DayHours>* hours) {
  std::sort(hours->begin(), hours->end(),
            [](const DayHours& a, const DayHours& b) { return a.begin < b.begin; });
  int last = 0;
  for (const DayHours& each : *hours) {
    if (each.begin < 0 || each.end > kMinutesPerDay || each.begin >= each.end) {
      return absl::InvalidArgumentError("hours must end after they begin, within one day");
    }
    if (each.begin < last) return absl::InvalidArgumentError("hours overlap");
    last = each.end;
  }
  return absl::OkStatus();
}

int Minutes(const std::vector<DayHours>& hours) {
  int sum = 0;
  for (const DayHours& each : hours) sum += each.end - each.begin;
  return sum;
}

// When the wall clock first shows this; where it never does, when it jumps over it. Never falls as
// `civil` rises, so that spans stay in order and apart.
absl::Time FirstTime(const absl::TimeZone& zone, absl::CivilMinute civil) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilSecond(civil));
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

bool IsFinite(absl::Time time) {
  return time != absl::InfinitePast() && time != absl::InfiniteFuture();
}

}  // namespace

absl::StatusOr<BusinessCalendar> BusinessCalendar::Create(Spec spec) {
  int week = 0;
  for (std::vector<DayHours>& hours : spec.week) {
    RETURN_IF_ERROR(Order(&hours));
    week += Minutes(hours);
  }
  for (auto& [day, hours] : spec.exceptions) RETURN_IF_ERROR(Order(&hours));
  if (week == 0) return absl::InvalidArgumentError("no day of the week has hours");
  return BusinessCalendar(std::move(spec));
}

BusinessCalendar::BusinessCalendar(Spec spec) : spec_(std::move(spec)) {
  int minutes = 0;
  int days = 0;
  for (const std::vector<DayHours>& hours : spec_.week) {
    minutes += Minutes(hours);
    if (!hours.empty()) ++days;
  }
  week_length_ = absl::Minutes(minutes);
  day_length_ = week_length_ / days;
}

const std::vector<DayHours>& BusinessCalendar::HoursOf(absl::CivilDay day) const {
  const auto exception = spec_.exceptions.find(day);
  if (exception != spec_.exceptions.end()) return exception->second;
  return spec_.week[static_cast<size_t>(absl::GetWeekday(day))];
}

BusinessCalendar::Span BusinessCalendar::SpanOf(absl::CivilDay day, const DayHours& hours) const {
  const absl::CivilMinute midnight(day);
  return {FirstTime(spec_.zone, midnight + hours.begin),
          FirstTime(spec_.zone, midnight + hours.end)};
}

template <typename Visit>
void BusinessCalendar::VisitSpans(absl::Time from, Visit visit) const {
  // A day early: where the clock is put back over midnight, a day's spans may end in the next.
  absl::CivilDay day = absl::ToCivilDay(from, spec_.zone) - 1;
  const absl::CivilDay horizon = day + kHorizonDays;
  for (; day < horizon; ++day) {
    for (const DayHours& hours : HoursOf(day)) {
      const Span span = SpanOf(day, hours);
      if (span.end <= from || span.begin >= span.end) continue;
      if (!visit(span)) return;
    }
  }
}

absl::Time BusinessCalendar::NextOpening(absl::Time time) const {
  if (!IsFinite(time)) return time;
  absl::Time opening = absl::InfiniteFuture();
  VisitSpans(time, [&](const Span& span) {
    opening = std::max(time, span.begin);
    return false;
  });
  return opening;
}

absl::Duration BusinessCalendar::BusinessTimeBetween(absl::Time from, absl::Time to) const {
  if (to < from) return -BusinessTimeBetween(to, from);
  if (!IsFinite(from) || !IsFinite(to)) {
    return from == to ? absl::ZeroDuration() : absl::InfiniteDuration();
  }
  absl::Duration worked;
  VisitSpans(from, [&](const Span& span) {
    if (span.begin >= to) return false;
    worked += std::min(span.end, to) - std::max(span.begin, from);
    return true;
  });
  return worked;
}

absl::Time BusinessCalendar::AddBusinessTime(absl::Time start, absl::Duration worked) const {
  if (worked <= absl::ZeroDuration() || !IsFinite(start)) return start;
  absl::Time end = absl::InfiniteFuture();
  VisitSpans(start, [&](const Span& span) {
    const absl::Time begin = std::max(span.begin, start);
    if (span.end - begin >= worked) {
      end = begin + worked;
      return false;
    }
    worked -= span.end - begin;
    return true;
  });
  return end;
}

}  // namespace clearway
