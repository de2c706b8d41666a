#include "service/domain/blocker.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

// Blocked [0, 10), [20, 30) and from 40 on.
Blocker ThreeSpells() {
  Blocker blocker;
  blocker.open_time = At(0);
  blocker.past_spells = {{At(0), At(10)}, {At(20), At(30)}};
  blocker.spell_time = At(40);
  return blocker;
}

struct BlockedTimeCase {
  const char* name;
  int64_t from;
  int64_t to;
  int64_t want_seconds;
};

class BlockedTimeTest : public ::testing::TestWithParam<BlockedTimeCase> {};

TEST_P(BlockedTimeTest, CountsSpellsWithinThePeriod) {
  EXPECT_EQ(BlockedTime(ThreeSpells(), At(GetParam().from), At(GetParam().to)),
            absl::Seconds(GetParam().want_seconds));
}

const BlockedTimeCase kCases[] = {
    {"All", 0, 50, 30},           {"BeforeItAll", -10, 0, 0},     {"BetweenSpells", 12, 18, 0},
    {"CutAtBothEnds", 5, 25, 10}, {"TheOneThatLasts", 45, 50, 5}, {"EmptyPeriod", 45, 45, 0},
};
INSTANTIATE_TEST_SUITE_P(All, BlockedTimeTest, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(BlockerTest, ResolvedOneCountsUpToItsEnd) {
  Blocker blocker = ThreeSpells();
  blocker.resolve_time = At(45);
  EXPECT_EQ(BlockedTime(blocker, At(40), At(100)), absl::Seconds(5));
}

TEST(BlockerTest, StateNamesReadBack) {
  for (int i = 1; i < kBlockerStateCount; ++i) {
    const auto state = static_cast<BlockerState>(i);
    EXPECT_EQ(ParseBlockerState(BlockerStateName(state)), state);
  }
  EXPECT_EQ(ParseBlockerState("ASLEEP"), std::nullopt);
}

}  // namespace
}  // namespace clearway
