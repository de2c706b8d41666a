#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace clearway {

// Minutes of a day, [begin, end), 0 to 1440.
struct DayHours {
  int begin = 0;
  int end = 0;

  friend bool operator==(const DayHours&, const DayHours&) = default;
};

// When somebody works: hours by day of the week in a time zone, and the days on which that differs.
// Pure and thread-safe; a value.
//
// Hours are what the clock on the wall shows. Of an hour that the change to summer time leaves out
// nothing is worked; one that comes twice is worked twice, and where a span begins or ends within
// it, its first time counts.
class BusinessCalendar {
 public:
  struct Spec {
    std::string name;
    absl::TimeZone zone;
    // By absl::Weekday, so Monday first. In any order, not overlapping.
    std::array<std::vector<DayHours>, 7> week;
    // Take the place of the week's on their days: empty for a holiday, hours for a weekend that is
    // worked.
    std::map<absl::CivilDay, std::vector<DayHours>> exceptions;
  };

  // INVALID_ARGUMENT for hours that are reversed, out of range or overlap, and for a week without
  // any.
  static absl::StatusOr<BusinessCalendar> Create(Spec spec);

  const std::string& name() const { return spec_.name; }
  const absl::TimeZone& zone() const { return spec_.zone; }

  // What "1d" and "1w" mean in its time: the mean working day of the week, and all of the week.
  absl::Duration day_length() const { return day_length_; }
  absl::Duration week_length() const { return week_length_; }

  bool IsOpen(absl::Time time) const { return NextOpening(time) == time; }

  // `time` itself where it is worked, else the next moment that is. InfiniteFuture when there is
  // none within `kHorizonDays`.
  absl::Time NextOpening(absl::Time time) const;

  // Time worked within [from, to); negative, that of [to, from), when they are reversed. Takes time
  // by the days between, some 100 ns each.
  absl::Duration BusinessTimeBetween(absl::Time from, absl::Time to) const;

  // The first moment by which `worked` has passed since `start`: 8h from Monday 9:00 may be Monday
  // 17:00, the end of the day. `start` itself when `worked` is not above 0. InfiniteFuture when the
  // calendar does not hold that much within `kHorizonDays`.
  absl::Time AddBusinessTime(absl::Time start, absl::Duration worked) const;

  // How far ahead is looked: some 50 years.
  static constexpr int kHorizonDays = 366 * 50;

 private:
  explicit BusinessCalendar(Spec spec);

  struct Span {
    absl::Time begin;
    absl::Time end;
  };
  const std::vector<DayHours>& HoursOf(absl::CivilDay day) const;
  Span SpanOf(absl::CivilDay day, const DayHours& hours) const;

  // Calls `visit(Span)` with the spans that end after `from`, in order, until it says false or the
  // horizon is reached.
  template <typename Visit>
  void VisitSpans(absl::Time from, Visit visit) const;

  Spec spec_;
  absl::Duration day_length_;
  absl::Duration week_length_;
};

}  // namespace clearway
