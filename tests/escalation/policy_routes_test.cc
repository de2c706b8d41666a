// The parts of a policy file beyond its ladders: calendars, quiet hours, routes, mutes.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Every key once.
constexpr char kGood[] = R"yaml(calendars:
  - name: china
    time_zone: Asia/Shanghai
    week:
      - {days: [MON, TUE, WED, THU, FRI], hours: ["09:00-12:00", "13:30-18:00"]}
    holidays: ["2026-10-01..2026-10-07"]
    working_days:
      - {days: ["2026-10-10"]}
      - {days: ["2026-10-11"], hours: ["09:00-12:00"]}
  - name: germany
    time_zone: Europe/Berlin
    week: [{days: [MON, TUE, WED, THU, FRI], hours: ["08:00-16:00"]}]
quiet_hours:
  - {name: office-china, outside: china}
  - name: nights
    time_zone: Europe/Berlin
    quiet:
      - {days: [MON, TUE, WED, THU, FRI], hours: ["20:00-07:00"]}
      - {days: [SAT, SUN], hours: ["00:00-24:00"]}
ladders:
  - name: urgent
    clock: BUSINESS
    steps:
      - {after: 4h, target: PARTY, channel: chat}
      - {after: 1d, target: TEAM_LEAD, channel: chat}
      - {after: 1w, target: MANAGER, channel: meeting}
  - name: calm
    clock: BUSINESS
    calendar: germany
    steps: [{after: 2d, target: PARTY, channel: ticket}]
route:
  ladder: calm
  calendar: germany
  quiet_hours: nights
  rate_limit: {count: 5, window: 1d}
  routes:
    - name: china
      match: ["labels =~ cn-.*"]
      calendar: china
      quiet_hours: office-china
      continue: true
    - match: ["category in (CROSS_TEAM, RESOURCE)", "priority in (HIGH, HIGHEST)"]
      ladder: urgent
      group: {by: WAITING_ON, interval: 2h}
    - match: [tenant = quiet]
      ladder: none
      quiet_hours: none
      rate_limit: {count: 0}
      group: {by: NONE}
mutes:
  - name: christmas
    begin_time: "2026-12-24T00:00:00+01:00"
    end_time: "2027-01-02T00:00:00+01:00"
    match: [priority != HIGHEST]
)yaml";

TEST(PolicyRoutesTest, ReadsEverything) {
  const absl::StatusOr<EscalationPolicy> policy = ParsePolicy(kGood, "p.yaml");
  ASSERT_THAT(policy, IsOk());
  ASSERT_THAT(policy->calendars, SizeIs(2));
  const BusinessCalendar& china = policy->calendars.at("china");
  EXPECT_EQ(china.day_length(), absl::Minutes(450));
  const auto at = [&](int month, int day, int hour) {
    return absl::FromCivil(absl::CivilHour(2026, month, day, hour), china.zone());
  };
  EXPECT_FALSE(china.IsOpen(at(10, 7, 10)));
  EXPECT_TRUE(china.IsOpen(at(10, 10, 17)));
  EXPECT_TRUE(china.IsOpen(at(10, 11, 10)));
  EXPECT_FALSE(china.IsOpen(at(10, 11, 17)));
  ASSERT_THAT(policy->ladders, SizeIs(2));
  EXPECT_TRUE(policy->ladders[0].business_time);
  EXPECT_EQ(policy->ladders[0].steps[0].after, absl::Hours(4));
  EXPECT_EQ(policy->ladders[0].steps[1].days, 1);
  EXPECT_EQ(policy->ladders[0].steps[2].weeks, 1);
  ASSERT_TRUE(policy->route.has_value());
  const Route& root = *policy->route;
  EXPECT_EQ(root.name, "route");
  EXPECT_THAT(root.settings.rate_limit, Optional(RateLimit{5, absl::Hours(24)}));
  ASSERT_THAT(root.routes, SizeIs(3));
  EXPECT_TRUE(root.routes[0].go_on);
  EXPECT_EQ(root.routes[1].name, "route.routes[1]");
  EXPECT_THAT(root.routes[1].match, SizeIs(2));
  EXPECT_THAT(root.routes[1].settings.grouping, Optional(Grouping{absl::Hours(2)}));
  EXPECT_THAT(root.routes[2].settings.ladder, Optional(std::string()));
  EXPECT_THAT(root.routes[2].settings.quiet_hours, Optional(std::string()));
  EXPECT_THAT(root.routes[2].settings.rate_limit, Optional(RateLimit{}));
  EXPECT_THAT(root.routes[2].settings.grouping, Optional(Grouping{}));
  ASSERT_THAT(policy->mutes, SizeIs(1));
  EXPECT_EQ(policy->mutes[0].end - policy->mutes[0].begin, absl::Hours(9 * 24));
}

TEST(PolicyRoutesTest, QuietHoursRunOverMidnightIntoTheNextDay) {
  const absl::StatusOr<EscalationPolicy> policy = ParsePolicy(kGood, "p.yaml");
  ASSERT_THAT(policy, IsOk());
  const BusinessCalendar& nights = policy->quiet_hours.at("nights");
  const auto at = [&](int day, int hour) {
    return absl::FromCivil(absl::CivilHour(2026, 11, day, hour), nights.zone());
  };
  EXPECT_TRUE(nights.IsOpen(at(23, 19)));                // Monday
  EXPECT_EQ(nights.NextOpening(at(23, 20)), at(24, 7));  // to Tuesday
  EXPECT_EQ(nights.NextOpening(at(27, 20)), at(30, 0));  // Friday evening to Monday
}

struct BadCase {
  const char* name;
  // What to put in the place of what in the good file.
  const char* old_text;
  const char* new_text;
  int line;
  const char* what;
};

class BadRoutesTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadRoutesTest, AreRefusedWithPlaceAndHint) {
  const BadCase& bad = GetParam();
  ASSERT_THAT(std::string(kGood), HasSubstr(bad.old_text));
  const std::string yaml = absl::StrReplaceAll(kGood, {{bad.old_text, bad.new_text}});
  EXPECT_THAT(
      ParsePolicy(yaml, "p.yaml"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(StartsWith(absl::StrCat("p.yaml:", bad.line, ":")), HasSubstr(bad.what))));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRoutesTest,
    ::testing::ValuesIn(std::vector<BadCase>{
        {"NoZone", "time_zone: Asia/Shanghai", "time_zone: Asia/Atlantis", 3, "Asia/Shanghai"},
        {"ZoneThatIsAFile", "time_zone: Asia/Shanghai", "time_zone: /etc/localtime", 3,
         "give a name"},
        {"CalendarTwice", "name: germany", "name: china", 10, "second time"},
        {"CalendarCalledNone", "- name: germany", "- name: none", 10, "none"},
        {"HoursReversed", "[\"08:00-16:00\"]", "[\"16:00-08:00\"]", 12, "24:00 is midnight"},
        {"HoursThatAreNone", "[\"08:00-16:00\"]", "[\"8-16\"]", 12, "09:00-12:00"},
        {"HoursOverlap", "\"13:30-18:00\"", "\"11:30-18:00\"", 2, "overlap"},
        {"DayTwice", "[MON, TUE, WED, THU, FRI], hours: [\"09", "[MON, MON], hours: [\"09", 5,
         "before"},
        {"NoSuchDay", "[SAT, SUN]", "[SAT, SOLDAY]", 19, "SUN"},
        {"HolidayThatIsNone", "2026-10-01..2026-10-07", "2026-10-01..2026-10-77", 6, "2026-10-01"},
        {"HolidaysReversed", "2026-10-01..2026-10-07", "2026-10-07..2026-10-01", 6,
         "the first and the"},
        {"HolidayThatIsWorked", "days: [\"2026-10-10\"]", "days: [\"2026-10-02\"]", 8,
         "2026-10-02"},
        {"QuietOutsideNothing", "outside: china", "outside: chin", 14, "known: china, germany"},
        {"QuietTwoWays", "outside: china}", "outside: china, time_zone: UTC}", 14, "beside"},
        {"QuietAllTheTime", "[MON, TUE, WED, THU, FRI], hours: [\"20:00-07:00\"]",
         "[MON, TUE, WED, THU, FRI], hours: [\"00:00-24:00\"]", 17, "leaves no hour"},
        {"LadderOfNoCalendar", "calendar: germany\n    steps", "calendar: prussia\n    steps", 29,
         "known: china, germany"},
        {"CalendarInWallTime", "clock: BUSINESS\n    calendar", "clock: WALL\n    calendar", 29,
         "clock: BUSINESS"},
        {"LadderDoesNotAscend", "{after: 1d, target: TEAM_LEAD", "{after: 4h, target: TEAM_LEAD",
         25, "later than the step before"},
        {"LadderDoesNotAscendInOneCalendar", "{after: 1d, target: TEAM_LEAD",
         "{after: 10h, target: PARTY, channel: mail}\n      - {after: 1d, target: TEAM_LEAD", 26,
         "later than the step before"},
        {"OwnMatchersBesideARoute", "- name: calm\n", "- name: calm\n    priorities: [LOW]\n", 28,
         "match"},
        {"LadderThatNoRouteNames", "ladder: urgent", "ladder: calm", 21,
         "no route names \"urgent\""},
        {"RouteToNoLadder", "ladder: urgent", "ladder: hurry", 43, "known: urgent, calm"},
        {"RouteOfNoCalendar", "      calendar: china\n", "      calendar: chin\n", 39,
         "known: china, germany"},
        {"RouteOfNoQuietHours", "quiet_hours: office-china\n", "quiet_hours: office\n", 40,
         "known: nights, office-china"},
        {"BadRegex", "labels =~ cn-.*", "labels =~ (cn", 38, "RE2 refuses"},
        {"UnknownField", "tenant = quiet", "team = quiet", 45, "known: tenant"},
        {"UnknownValue", "(HIGH, HIGHEST)", "(HIGH, URGENT)", 42, "URGENT"},
        {"RouteThatContradictsItself", "\"priority in (HIGH, HIGHEST)\"", "\"reason = DEFECT\"", 42,
         "can never match: no reason"},
        {"RouteThatIsHidden", "      continue: true\n",
         "    - match: [\"labels =~ cn-.*\", \"priority = LOW\"]\n      ladder: none\n", 41,
         "never reached: \"china\""},
        {"RouteAfterOneForAll",
         "match: [\"category in (CROSS_TEAM, RESOURCE)\", \"priority in (HIGH, "
         "HIGHEST)\"]",
         "name: all", 45, "never reached: \"all\""},
        {"RateWithoutWindow", "{count: 5, window: 1d}", "{count: 5}", 35, "1m to 366d"},
        {"RateBelowNothing", "{count: 5, window: 1d}", "{count: -5, window: 1d}", 35, "1 to 1000"},
        {"GroupWithoutInterval", "{by: WAITING_ON, interval: 2h}", "{by: WAITING_ON}", 44,
         "1m to 7d"},
        {"GroupByNothing", "{by: WAITING_ON, interval: 2h}", "{interval: 2h}", 44,
         "WAITING_ON or NONE"},
        {"MuteReversed", "end_time: \"2027", "end_time: \"2025", 53, "after begin_time"},
        {"MuteWithoutZone", "2026-12-24T00:00:00+01:00", "2026-12-24", 52,
         "2026-12-24T00:00:00+08:00"},
    }),
    [](const auto& tested) { return tested.param.name; });

TEST(PolicyRoutesTest, BusinessTimeNeedsACalendarWhereverItIsUsed) {
  const char* yaml = R"(ladders:
  - name: a
    clock: BUSINESS
    steps: [{after: 4h, target: PARTY, channel: chat}]
route:
  routes:
    - match: [priority = HIGH]
      ladder: a
    - ladder: none
)";
  EXPECT_THAT(ParsePolicy(yaml, "p.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("p.yaml:8:"), HasSubstr("no calendar"))));
}

TEST(PolicyRoutesTest, ALeafNeedsALadder) {
  const char* yaml = R"(ladders:
  - name: a
    steps: [{after: 4h, target: PARTY, channel: chat}]
route:
  routes:
    - {match: [priority = HIGH], ladder: a}
    - match: [priority = LOW]
)";
  EXPECT_THAT(ParsePolicy(yaml, "p.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("p.yaml:7:"), HasSubstr("ladder: none"))));
}

TEST(PolicyRoutesTest, ARouteIsNotNestedWithoutEnd) {
  std::string yaml =
      "ladders: [{name: a, steps: [{after: 4h, target: PARTY, channel: chat}]}]\nroute: ";
  for (int i = 0; i < 20; ++i) absl::StrAppend(&yaml, "{ladder: a, routes: [");
  yaml += "{}";
  for (int i = 0; i < 20; ++i) yaml += "]}";
  EXPECT_THAT(ParsePolicy(yaml, "p.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("16 deep")));
}

}  // namespace
}  // namespace clearway
