#include "service/domain/schedule.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/domain/party.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

// Monday 2026-02-02, 00:00 UTC.
constexpr absl::Time kMonday = absl::FromUnixSeconds(1'769'990'400);

absl::Time At(int day, double hour) {
  return kMonday + absl::Hours(24 * day) + absl::Hours(1) * hour;
}

// Weekdays 9:00 to 17:00, UTC.
BusinessCalendar Office() {
  BusinessCalendar::Spec spec{
      .name = "office", .zone = absl::UTCTimeZone(), .week = {}, .exceptions = {}};
  for (size_t day = 0; day < 5; ++day) spec.week[day] = {{9 * 60, 17 * 60}};
  return *BusinessCalendar::Create(spec);
}

TEST(DelayTest, DaysAndWeeksAreTheCalendars) {
  const BusinessCalendar office = Office();
  const LadderStep step{.after = absl::Hours(1), .channel = "chat", .days = 1.5, .weeks = 1};
  EXPECT_EQ(DelayOf(step, &office), absl::Hours(1 + 12 + 40));
  EXPECT_EQ(DelayOf(step, nullptr), absl::Hours(1 + 36 + 168));
}

TEST(DueTimeTest, RestsDoNotCount) {
  const BusinessCalendar office = Office();
  const auto wall = [](absl::Duration delay, const std::vector<BlockedSpell>& rests) {
    return DueTime(At(0, 9), delay, rests, nullptr);
  };
  EXPECT_EQ(wall(absl::Hours(5), {}), At(0, 14));
  EXPECT_EQ(wall(absl::Hours(5), {{At(0, 10), At(1, 10)}}), At(1, 14));
  EXPECT_EQ(wall(absl::Hours(5), {{At(0, 10), At(0, 11)}, {At(0, 12), At(0, 13)}}), At(0, 16));
  EXPECT_EQ(wall(absl::Hours(5), {{At(0, 15), At(3, 0)}}), At(0, 14)) << "it was due before";
  EXPECT_EQ(wall(absl::Hours(5), {{At(0, 8), At(0, 10)}}), At(0, 15)) << "only within the spell";
  EXPECT_EQ(wall(absl::Hours(5), {{At(0, 7), At(0, 8)}}), At(0, 14));
  // Monday 9:00 to 12:00, then from Wednesday 13:00 on: two hours and four.
  EXPECT_EQ(DueTime(At(0, 9), absl::Hours(7), {{At(0, 12), At(2, 13)}}, &office), At(2, 17));
  // A snooze over nights, when nothing passes anyway, changes nothing.
  EXPECT_EQ(DueTime(At(0, 9), absl::Hours(10), {{At(0, 18), At(1, 8)}}, &office), At(1, 11));
}

TEST(DueTimeTest, ARestNeverBringsAStepForward) {
  const BusinessCalendar office = Office();
  std::mt19937_64 random(20261127);
  const auto below = [&](int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(random);
  };
  for (int i = 0; i < 5'000; ++i) {
    const absl::Time start = kMonday + absl::Minutes(below(7 * 24 * 60));
    const absl::Duration delay = absl::Minutes(below(40 * 60) + 1);
    std::vector<BlockedSpell> rests;
    absl::Time at = start - absl::Hours(1);
    for (int64_t k = below(4); k > 0; --k) {
      const absl::Time begin = at + absl::Minutes(below(24 * 60) + 1);
      at = begin + absl::Minutes(below(24 * 60) + 1);
      rests.push_back({begin, at});
    }
    for (const BusinessCalendar* calendar :
         std::initializer_list<const BusinessCalendar*>{nullptr, &office}) {
      const absl::Time due = DueTime(start, delay, rests, calendar);
      ASSERT_GE(due, DueTime(start, delay, {}, calendar));
      // And it falls due outside the rests, or as one begins.
      for (const BlockedSpell& rest : rests) ASSERT_FALSE(due > rest.begin && due <= rest.end);
    }
  }
}

TEST(GroupSlotTest, IsTheNextWholeMultiple) {
  EXPECT_EQ(GroupSlot(At(0, 1), absl::Hours(4)), At(0, 4));
  EXPECT_EQ(GroupSlot(At(0, 4), absl::Hours(4)), At(0, 4));
  EXPECT_EQ(GroupSlot(At(0, 1.5), absl::ZeroDuration()), At(0, 1.5));
}

class OpeningTest : public ::testing::Test {
 protected:
  absl::Time Opening(absl::Time time, const std::vector<const Mute*>& mutes) {
    holds_.clear();
    return FirstOpening(time, &office_, mutes, &holds_);
  }

  const BusinessCalendar office_ = Office();
  std::vector<Hold> holds_;
};

TEST_F(OpeningTest, QuietHoursPutOffToTheNextOpening) {
  EXPECT_EQ(Opening(At(0, 10), {}), At(0, 10));
  EXPECT_THAT(holds_, IsEmpty());
  EXPECT_EQ(Opening(At(4, 17), {}), At(7, 9));
  EXPECT_THAT(holds_, ElementsAre(Hold{Hold::Cause::kQuietHours, "office", At(7, 9)}));
}

TEST_F(OpeningTest, MutesHoldBackToTheirEndAndThenToTheNextOpening) {
  const Mute freeze{"freeze", At(0, 0), At(1, 20), {}};
  const Mute later{"later", At(2, 9), At(2, 12), {}};
  EXPECT_EQ(Opening(At(0, 10), {&freeze, &later}), At(2, 12));
  EXPECT_THAT(holds_, ElementsAre(Hold{Hold::Cause::kMute, "freeze", At(1, 20)},
                                  Hold{Hold::Cause::kQuietHours, "office", At(2, 9)},
                                  Hold{Hold::Cause::kMute, "later", At(2, 12)}));
  EXPECT_EQ(FirstOpening(At(1, 20), nullptr, {&freeze}), At(1, 20)) << "the end is outside";
}

TEST_F(OpeningTest, NothingIsPutForward) {
  const Mute a{"a", At(0, 10), At(3, 10), {}};
  const Mute b{"b", At(3, 1), At(4, 12), {}};
  absl::Time last = absl::InfinitePast();
  for (int minute = 0; minute < 10 * 24 * 60; minute += 7) {
    const absl::Time time = kMonday + absl::Minutes(minute);
    const absl::Time opening = Opening(time, {&a, &b});
    ASSERT_GE(opening, time);
    ASSERT_GE(opening, last);
    ASSERT_EQ(Opening(opening, {&a, &b}), opening);
    last = opening;
  }
}

TEST(HeldByRateTest, TheOldestOfTheCountMustLeaveTheWindow) {
  const RateLimit limit{2, absl::Hours(24)};
  EXPECT_EQ(HeldByRate(limit, {}, At(1, 0)), std::nullopt);
  EXPECT_EQ(HeldByRate(limit, {{At(0, 20), ""}}, At(1, 0)), std::nullopt);
  const std::vector<RecentMessage> two = {{At(0, 20), "g"}, {At(0, 10), ""}};
  EXPECT_THAT(HeldByRate(limit, two, At(1, 0)), Optional(Eq(At(1, 10))));
  EXPECT_EQ(HeldByRate(limit, two, At(1, 10)), std::nullopt);
  EXPECT_EQ(HeldByRate({0, absl::Hours(24)}, two, At(1, 0)), std::nullopt);
}

TEST(SlotTest, ATimeLiesBetweenTheTwoNextToIt) {
  EXPECT_EQ(SlotBegin(At(1, 5), absl::Hours(6)), At(1, 0));
  EXPECT_EQ(SlotBegin(At(1, 6), absl::Hours(6)), At(1, 6));
  EXPECT_EQ(SlotBegin(At(1, 5), absl::ZeroDuration()), At(1, 5));
  EXPECT_EQ(GroupSlot(At(1, 5), absl::Hours(6)), At(1, 6));
  EXPECT_EQ(GroupSlot(At(1, 6), absl::Hours(6)), At(1, 6));
}

TEST(UrgencyTest, RisesWithAgeAndPriorityWithinItsBounds) {
  const Priority rising[] = {Priority::kLowest, Priority::kLow, Priority::kMedium, Priority::kHigh,
                             Priority::kHighest};
  EXPECT_DOUBLE_EQ(Urgency(Priority::kHighest, 0), 25);
  EXPECT_DOUBLE_EQ(Urgency(Priority::kHighest, 5), 62.5);
  EXPECT_DOUBLE_EQ(Urgency(Priority::kUnspecified, 3), Urgency(Priority::kMedium, 3));
  EXPECT_DOUBLE_EQ(Urgency(Priority::kHigh, -1), Urgency(Priority::kHigh, 0));
  for (size_t i = 0; i < std::size(rising); ++i) {
    for (double days = 0; days < 60; days += 0.5) {
      EXPECT_LT(Urgency(rising[i], days), Urgency(rising[i], days + 0.5));
      if (i > 0) {
        EXPECT_LT(Urgency(rising[i - 1], days), Urgency(rising[i], days));
      }
      EXPECT_GE(Urgency(rising[i], days), 0);
      EXPECT_LE(Urgency(rising[i], days), 100);
    }
  }
}

TEST(PartyTest, SpellingsOfOnePartyAreTheSame) {
  EXPECT_EQ(NormalizedParty("  The  Legal Team "), "legal team");
  EXPECT_EQ(NormalizedParty("@Platform"), "platform");
  EXPECT_EQ(NormalizedParty("法务部"), "法务部");
  EXPECT_TRUE(SameParty("@ann", "Ann"));
  EXPECT_FALSE(SameParty("ann", "anna"));
  EXPECT_FALSE(SameParty("", ""));
  EXPECT_FALSE(SameParty("@", ""));
}

}  // namespace
}  // namespace clearway
