#include "service/domain/business_calendar.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int kNine = 9 * 60;
constexpr int kNoon = 12 * 60;
constexpr int kHalfPastOne = 13 * 60 + 30;
constexpr int kSix = 18 * 60;

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}

// Monday to Friday, 9:00 to 12:00 and 13:30 to 18:00: 7.5 hours.
BusinessCalendar::Spec Office(const char* zone) {
  BusinessCalendar::Spec spec{.name = "office", .zone = Zone(zone), .week = {}, .exceptions = {}};
  for (int day = 0; day < 5; ++day) {
    spec.week[static_cast<size_t>(day)] = {{kNine, kNoon}, {kHalfPastOne, kSix}};
  }
  return spec;
}

// The autumn of 2026 in China: the national holiday, and the Saturday worked in its place.
BusinessCalendar::Spec China() {
  BusinessCalendar::Spec spec = Office("Asia/Shanghai");
  for (int day = 1; day <= 7; ++day) spec.exceptions[absl::CivilDay(2026, 10, day)] = {};
  spec.exceptions[absl::CivilDay(2026, 10, 10)] = {{kNine, kNoon}, {kHalfPastOne, kSix}};
  return spec;
}

// Every hour of the week, so that only the zone makes a difference.
BusinessCalendar::Spec Always(const char* zone) {
  BusinessCalendar::Spec spec{.name = "always", .zone = Zone(zone), .week = {}, .exceptions = {}};
  for (auto& day : spec.week) day = {{0, 24 * 60}};
  return spec;
}

// Works in the hours that clocks are changed in, in two spans that meet within them.
BusinessCalendar::Spec Nights(const char* zone) {
  BusinessCalendar::Spec spec{.name = "nights", .zone = Zone(zone), .week = {}, .exceptions = {}};
  for (auto& day : spec.week) day = {{0, 150}, {150, 240}, {23 * 60, 24 * 60}};
  return spec;
}

BusinessCalendar Make(BusinessCalendar::Spec spec) { return *BusinessCalendar::Create(spec); }

absl::Time At(const BusinessCalendar& calendar, const char* civil) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", civil, calendar.zone(), &time, &error)) << error;
  return time;
}

TEST(BusinessCalendarTest, KnowsItsDayAndItsWeek) {
  const BusinessCalendar calendar = Make(China());
  EXPECT_EQ(calendar.day_length(), absl::Minutes(450));
  EXPECT_EQ(calendar.week_length(), absl::Minutes(2250));
}

struct BetweenCase {
  const char* name;
  BusinessCalendar::Spec spec;
  const char* from;
  const char* to;
  absl::Duration want;
};

class BetweenTest : public ::testing::TestWithParam<BetweenCase> {};

TEST_P(BetweenTest, CountsWhatIsWorked) {
  const BusinessCalendar calendar = Make(GetParam().spec);
  const absl::Time from = At(calendar, GetParam().from);
  const absl::Time to = At(calendar, GetParam().to);
  EXPECT_EQ(calendar.BusinessTimeBetween(from, to), GetParam().want);
  EXPECT_EQ(calendar.BusinessTimeBetween(to, from), -GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    All, BetweenTest,
    ::testing::ValuesIn(std::vector<BetweenCase>{
        {"WithinASpan", China(), "2026-09-21 10:00", "2026-09-21 11:15", absl::Minutes(75)},
        {"OverLunch", China(), "2026-09-21 11:00", "2026-09-21 14:00", absl::Minutes(90)},
        {"ADay", China(), "2026-09-21 00:00", "2026-09-22 00:00", absl::Minutes(450)},
        {"AWeekend", China(), "2026-09-25 18:00", "2026-09-28 09:00", absl::ZeroDuration()},
        {"AHoliday", China(), "2026-09-30 17:00", "2026-10-08 10:00", absl::Hours(2)},
        {"AWorkedSaturday", China(), "2026-10-09 18:00", "2026-10-12 09:00", absl::Minutes(450)},
        {"TheSameMoment", China(), "2026-09-21 10:00", "2026-09-21 10:00", absl::ZeroDuration()},
        {"ADayThatIsShort", Always("Europe/Berlin"), "2026-03-29 00:00", "2026-03-30 00:00",
         absl::Hours(23)},
        {"ADayThatIsLong", Always("Europe/Berlin"), "2026-10-25 00:00", "2026-10-26 00:00",
         absl::Hours(25)},
        {"TheHourLeftOut", Nights("Europe/Berlin"), "2026-03-29 00:00", "2026-03-29 12:00",
         absl::Hours(3)},
        {"TheHourThatComesTwice", Nights("Europe/Berlin"), "2026-10-25 00:00", "2026-10-25 12:00",
         absl::Hours(5)},
        {"OfficesDoNotNotice", Office("Europe/Berlin"), "2026-10-23 00:00", "2026-10-27 00:00",
         absl::Hours(15)},
        // Samoa went over the date line: its clocks knew no 30th of December.
        {"TheDayThatNeverWas", Always("Pacific/Apia"), "2011-12-29 00:00", "2011-12-31 00:00",
         absl::Hours(24)},
        // Clocks are put back to midnight.
        {"ClocksPutBackToMidnight", Nights("America/Havana"), "2026-11-01 00:00",
         "2026-11-01 12:00", absl::Hours(5)},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(BusinessCalendarTest, AddsOverNightsWeekendsAndHolidays) {
  const BusinessCalendar calendar = Make(China());
  const auto add = [&](const char* from, absl::Duration worked) {
    return calendar.AddBusinessTime(At(calendar, from), worked);
  };
  EXPECT_EQ(add("2026-09-21 10:00", absl::Hours(1)), At(calendar, "2026-09-21 11:00"));
  EXPECT_EQ(add("2026-09-21 11:00", absl::Hours(2)), At(calendar, "2026-09-21 14:30"));
  EXPECT_EQ(add("2026-09-21 17:00", absl::Hours(2)), At(calendar, "2026-09-22 10:00"));
  EXPECT_EQ(add("2026-09-25 17:00", absl::Hours(2)), At(calendar, "2026-09-28 10:00"));
  EXPECT_EQ(add("2026-09-26 03:00", absl::Hours(1)), At(calendar, "2026-09-28 10:00"));
  EXPECT_EQ(add("2026-09-30 17:00", absl::Hours(2)), At(calendar, "2026-10-08 10:00"));
  EXPECT_EQ(add("2026-10-09 17:00", absl::Hours(2)), At(calendar, "2026-10-10 10:00"));
}

TEST(BusinessCalendarTest, AFullDayEndsWithTheDay) {
  const BusinessCalendar calendar = Make(China());
  EXPECT_EQ(calendar.AddBusinessTime(At(calendar, "2026-09-21 09:00"), absl::Minutes(450)),
            At(calendar, "2026-09-21 18:00"));
}

TEST(BusinessCalendarTest, NothingAddedIsTheStartEvenAtNight) {
  const BusinessCalendar calendar = Make(China());
  const absl::Time night = At(calendar, "2026-09-21 03:00");
  EXPECT_EQ(calendar.AddBusinessTime(night, absl::ZeroDuration()), night);
  EXPECT_EQ(calendar.AddBusinessTime(night, -absl::Hours(3)), night);
}

TEST(BusinessCalendarTest, OpensAtTheNextSpan) {
  const BusinessCalendar calendar = Make(China());
  const auto opening = [&](const char* at) { return calendar.NextOpening(At(calendar, at)); };
  EXPECT_EQ(opening("2026-09-21 10:00"), At(calendar, "2026-09-21 10:00"));
  EXPECT_EQ(opening("2026-09-21 12:00"), At(calendar, "2026-09-21 13:30"));
  EXPECT_EQ(opening("2026-09-30 18:00"), At(calendar, "2026-10-08 09:00"));
  EXPECT_TRUE(calendar.IsOpen(At(calendar, "2026-10-10 09:00")));
  EXPECT_FALSE(calendar.IsOpen(At(calendar, "2026-10-11 09:00")));
  EXPECT_FALSE(calendar.IsOpen(At(calendar, "2026-10-10 18:00")));
}

TEST(BusinessCalendarTest, InfiniteTimesStay) {
  const BusinessCalendar calendar = Make(China());
  EXPECT_EQ(calendar.NextOpening(absl::InfiniteFuture()), absl::InfiniteFuture());
  EXPECT_EQ(calendar.AddBusinessTime(absl::InfinitePast(), absl::Hours(1)), absl::InfinitePast());
  EXPECT_EQ(calendar.BusinessTimeBetween(absl::UnixEpoch(), absl::InfiniteFuture()),
            absl::InfiniteDuration());
  EXPECT_EQ(calendar.AddBusinessTime(absl::UnixEpoch(), absl::Hours(24 * 366 * 60)),
            absl::InfiniteFuture());
}

TEST(BusinessCalendarTest, HoursThatCannotBeAreRefused) {
  BusinessCalendar::Spec none{
      .name = "", .zone = absl::UTCTimeZone(), .week = {}, .exceptions = {}};
  EXPECT_THAT(BusinessCalendar::Create(none),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no day")));
  for (const std::vector<DayHours>& hours : std::vector<std::vector<DayHours>>{
           {{60, 60}}, {{60, 30}}, {{-1, 30}}, {{0, 1441}}, {{0, 60}, {59, 90}}}) {
    BusinessCalendar::Spec week = China();
    week.week[0] = hours;
    EXPECT_THAT(BusinessCalendar::Create(week), StatusIs(absl::StatusCode::kInvalidArgument));
    BusinessCalendar::Spec exception = China();
    exception.exceptions[absl::CivilDay(2026, 1, 1)] = hours;
    EXPECT_THAT(BusinessCalendar::Create(exception), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// Whatever the calendar, these hold at any moments, around changes of the clock above all.
class CalendarPropertyTest : public ::testing::TestWithParam<std::pair<const char*, bool>> {
 protected:
  BusinessCalendar calendar() const {
    const auto& [zone, nights] = GetParam();
    BusinessCalendar::Spec spec = nights ? Nights(zone) : Office(zone);
    spec.exceptions[absl::CivilDay(2026, 3, 30)] = {};
    spec.exceptions[absl::CivilDay(2026, 10, 24)] = {{kNine, kNoon}};
    return Make(spec);
  }
  absl::Time Moment() {
    // 2026, in minutes and some odd seconds.
    return absl::FromUnixSeconds(1'767'225'600) + absl::Minutes(Below(365 * 24 * 60)) +
           absl::Seconds(Below(2) * Below(60));
  }
  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(random_);
  }

  std::mt19937_64 random_{20261127};
};

TEST_P(CalendarPropertyTest, TimesAddUp) {
  const BusinessCalendar calendar = this->calendar();
  for (int i = 0; i < 300; ++i) {
    const absl::Time a = Moment();
    const absl::Time b = Moment();
    const absl::Time c = Moment();
    ASSERT_EQ(calendar.BusinessTimeBetween(a, b) + calendar.BusinessTimeBetween(b, c),
              calendar.BusinessTimeBetween(a, c))
        << a << " " << b << " " << c;
  }
}

TEST_P(CalendarPropertyTest, AddingIsTheInverse) {
  const BusinessCalendar calendar = this->calendar();
  for (int i = 0; i < 1'000; ++i) {
    const absl::Time start = Moment();
    const absl::Duration worked = absl::Seconds(Below(100 * 3600) + 1);
    const absl::Time end = calendar.AddBusinessTime(start, worked);
    ASSERT_EQ(calendar.BusinessTimeBetween(start, end), worked) << start << " " << worked;
    // And it is the first such moment: the one before it was worked.
    ASSERT_EQ(calendar.BusinessTimeBetween(start, end - absl::Seconds(1)),
              worked - absl::Seconds(1))
        << start << " " << worked;
  }
}

TEST_P(CalendarPropertyTest, AddingInPartsIsAddingAtOnce) {
  const BusinessCalendar calendar = this->calendar();
  for (int i = 0; i < 1'000; ++i) {
    const absl::Time start = Moment();
    const absl::Duration first = absl::Seconds(Below(30 * 3600));
    const absl::Duration second = absl::Seconds(Below(30 * 3600) + 1);
    ASSERT_EQ(calendar.AddBusinessTime(calendar.AddBusinessTime(start, first), second),
              calendar.AddBusinessTime(start, first + second))
        << start << " " << first << " " << second;
  }
}

TEST_P(CalendarPropertyTest, NothingRunsBackwards) {
  const BusinessCalendar calendar = this->calendar();
  for (int i = 0; i < 1'000; ++i) {
    const absl::Time start = Moment();
    const absl::Time later = start + absl::Seconds(Below(3 * 24 * 3600));
    const absl::Duration worked = absl::Seconds(Below(30 * 3600));
    ASSERT_LE(calendar.AddBusinessTime(start, worked), calendar.AddBusinessTime(later, worked));
    ASSERT_LE(calendar.NextOpening(start), calendar.NextOpening(later));
    const absl::Duration between = calendar.BusinessTimeBetween(start, later);
    ASSERT_GE(between, absl::ZeroDuration());
    ASSERT_LE(between, later - start);
    const absl::Time opening = calendar.NextOpening(start);
    ASSERT_TRUE(calendar.IsOpen(opening));
    ASSERT_EQ(calendar.BusinessTimeBetween(start, opening), absl::ZeroDuration());
  }
}

INSTANTIATE_TEST_SUITE_P(All, CalendarPropertyTest,
                         ::testing::Values(std::pair("Asia/Shanghai", false),
                                           std::pair("Europe/Berlin", false),
                                           std::pair("Europe/Berlin", true),
                                           std::pair("America/Havana", true),
                                           std::pair("Australia/Lord_Howe", true)));

}  // namespace
}  // namespace clearway
