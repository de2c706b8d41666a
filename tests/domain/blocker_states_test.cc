#include "service/domain/blocker_states.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::Eq;
using ::testing::Optional;
using In = BlockerInput;
using Is = BlockerState;

constexpr BlockerStanding kNone{};
constexpr BlockerStanding kIsOpen{Is::kOpen, false, 0};
constexpr BlockerStanding kTakenUp{Is::kAcknowledged, true, 1};
constexpr BlockerStanding kClimbed{Is::kEscalated, false, 2};
constexpr BlockerStanding kOver{Is::kResolved, true, 3};
constexpr BlockerStanding kResting{Is::kSnoozed, false, 2};

struct StepCase {
  BlockerStanding from;
  BlockerInput input;
  std::optional<BlockerStanding> want;
};

// The whole table, written a second time from the documentation.
const StepCase kSteps[] = {
    {kNone, In::kOpened, kIsOpen},
    {kNone, In::kReclassified, {}},
    {kNone, In::kAcknowledged, {}},
    {kNone, In::kSnoozed, {}},
    {kNone, In::kSnoozeEnded, {}},
    {kNone, In::kEscalated, {}},
    {kNone, In::kResolved, {}},
    {kNone, In::kReopened, {}},

    {kIsOpen, In::kOpened, {}},
    {kIsOpen, In::kReclassified, kIsOpen},
    {kIsOpen, In::kAcknowledged, {{Is::kAcknowledged, true, 0}}},
    {kIsOpen, In::kSnoozed, {{Is::kSnoozed, false, 0}}},
    {kIsOpen, In::kSnoozeEnded, {}},
    {kIsOpen, In::kEscalated, {{Is::kEscalated, false, 5}}},
    {kIsOpen, In::kResolved, {{Is::kResolved, false, 0}}},
    {kIsOpen, In::kReopened, {}},

    {kTakenUp, In::kOpened, {}},
    {kTakenUp, In::kReclassified, kTakenUp},
    {kTakenUp, In::kAcknowledged, kTakenUp},
    {kTakenUp, In::kSnoozed, {{Is::kSnoozed, true, 1}}},
    {kTakenUp, In::kSnoozeEnded, {}},
    {kTakenUp, In::kEscalated, {}},
    {kTakenUp, In::kResolved, {{Is::kResolved, true, 1}}},
    {kTakenUp, In::kReopened, {}},

    {kClimbed, In::kOpened, {}},
    {kClimbed, In::kReclassified, kClimbed},
    {kClimbed, In::kAcknowledged, {{Is::kAcknowledged, true, 2}}},
    {kClimbed, In::kSnoozed, kResting},
    {kClimbed, In::kSnoozeEnded, {}},
    {kClimbed, In::kEscalated, {{Is::kEscalated, false, 5}}},
    {kClimbed, In::kResolved, {{Is::kResolved, false, 2}}},
    {kClimbed, In::kReopened, {}},

    {kOver, In::kOpened, {}},
    {kOver, In::kReclassified, {}},
    {kOver, In::kAcknowledged, {}},
    {kOver, In::kSnoozed, {}},
    {kOver, In::kSnoozeEnded, {}},
    {kOver, In::kEscalated, {}},
    {kOver, In::kResolved, kOver},
    {kOver, In::kReopened, kIsOpen},

    {kResting, In::kOpened, {}},
    {kResting, In::kReclassified, kResting},
    {kResting, In::kAcknowledged, {{Is::kAcknowledged, true, 2}}},
    {kResting, In::kSnoozed, kResting},
    {kResting, In::kSnoozeEnded, kClimbed},
    {kResting, In::kEscalated, {}},
    {kResting, In::kResolved, {{Is::kResolved, false, 2}}},
    {kResting, In::kReopened, {}},
};

TEST(BlockerStatesTest, TheTableIsAsItIsWritten) {
  EXPECT_EQ(std::size(kSteps), static_cast<size_t>(kBlockerStateCount * kBlockerInputCount));
  for (const StepCase& step : kSteps) {
    EXPECT_EQ(Next(step.from, step.input, 5), step.want)
        << BlockerStateName(step.from.state) << " input " << static_cast<int>(step.input);
  }
}

TEST(BlockerStatesTest, AfterASnoozeItIsAsBefore) {
  for (const BlockerStanding& before : {kIsOpen, kTakenUp, kClimbed}) {
    const std::optional<BlockerStanding> snoozed = Next(before, In::kSnoozed);
    ASSERT_TRUE(snoozed.has_value());
    EXPECT_THAT(Next(*snoozed, In::kSnoozeEnded), Optional(Eq(before)));
  }
}

TEST(BlockerStatesTest, LaddersAreOnlyClimbed) {
  EXPECT_EQ(Next(kClimbed, In::kEscalated, 2), std::nullopt);
  EXPECT_EQ(Next(kClimbed, In::kEscalated, 1), std::nullopt);
  EXPECT_TRUE(Next(kClimbed, In::kEscalated, 3).has_value());
}

// What happened to one blocker, as it may be told: late, twice, in any order.
struct Told {
  int64_t time = 0;
  BlockerInput input = In::kOpened;
  int level = 0;
};

// Puts them in order, each once, as taking in events does, and goes through the table.
BlockerStanding Replayed(std::vector<Told> events) {
  const auto key = [](const Told& told) { return std::tuple(told.time, told.input, told.level); };
  std::sort(events.begin(), events.end(),
            [&](const Told& a, const Told& b) { return key(a) < key(b); });
  BlockerStanding standing;
  for (const Told& told : events)
    standing = Next(standing, told.input, told.level).value_or(standing);
  return standing;
}

class RandomStatesTest : public ::testing::Test {
 protected:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  Told Event(int64_t time) {
    return {time, static_cast<BlockerInput>(Below(kBlockerInputCount)), Below(5) + 1};
  }

  std::mt19937 random_{20261127};
};

TEST_F(RandomStatesTest, AnyOrderWithRepeatsEndsTheSame) {
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Told> events{{0, In::kOpened, 0}};
    for (int i = Below(12); i > 0; --i) events.push_back(Event(Below(20) + 1));
    const BlockerStanding want = Replayed(events);
    for (int i = Below(6); i > 0; --i) {
      events.push_back(events[static_cast<size_t>(Below(static_cast<int>(events.size())))]);
    }
    std::shuffle(events.begin(), events.end(), random_);
    ASSERT_EQ(Replayed(events), want);
  }
}

TEST_F(RandomStatesTest, TheSameTwiceIsAsOnce) {
  BlockerStanding standing;
  for (int i = 0; i < 100'000; ++i) {
    const Told told = Event(i);
    const std::optional<BlockerStanding> once = Next(standing, told.input, told.level);
    if (!once.has_value()) continue;
    ASSERT_EQ(Next(*once, told.input, told.level).value_or(*once), *once);
    standing = *once;
  }
}

TEST_F(RandomStatesTest, EveryStandingMakesSense) {
  BlockerStanding standing;
  for (int i = 0; i < 100'000; ++i) {
    const Told told = Event(i);
    standing = Next(standing, told.input, told.level).value_or(standing);
    switch (standing.state) {
      case Is::kOpen:
        ASSERT_TRUE(!standing.acknowledged && standing.level == 0);
        break;
      case Is::kAcknowledged:
        ASSERT_TRUE(standing.acknowledged);
        break;
      case Is::kEscalated:
        ASSERT_TRUE(!standing.acknowledged && standing.level > 0);
        break;
      default:
        break;
    }
  }
}

}  // namespace
}  // namespace clearway
