#include "service/domain/step_outcome.h"

#include <algorithm>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

TakenStep Step(int level, int64_t at, StepOutcome outcome = StepOutcome::kPending) {
  TakenStep step;
  step.level = level;
  step.time = At(at);
  step.outcome = outcome;
  return step;
}

TakenStep Settled(TakenStep step, StepOutcome outcome, int64_t at) {
  step.outcome = outcome;
  step.outcome_time = At(at);
  return step;
}

// The steps after what changed was written.
std::vector<TakenStep> Written(std::vector<TakenStep> steps,
                               const std::vector<TakenStep>& changed) {
  for (TakenStep& step : steps) {
    for (const TakenStep& change : changed) {
      if (change.level == step.level) step = change;
    }
  }
  return steps;
}

TEST(StepOutcomeTest, TheNextStepPassesThePendingOne) {
  const TakenStep first = Step(1, 0, StepOutcome::kNextStep);
  const TakenStep second = Step(2, 10);
  EXPECT_THAT(PassedBy({first, second}, At(20)),
              ElementsAre(Settled(second, StepOutcome::kNextStep, 20)));
  EXPECT_THAT(PassedBy({}, At(20)), IsEmpty());
}

TEST(StepOutcomeTest, TheLastStepBeforeTheEndIsFollowedByIt) {
  const TakenStep first = Step(1, 0, StepOutcome::kNextStep);
  const TakenStep second = Step(2, 10);
  EXPECT_THAT(EndedAt({first, second}, At(30)),
              ElementsAre(Settled(second, StepOutcome::kResolved, 30)));
  EXPECT_THAT(EndedAt({first, second}, At(10)),
              ElementsAre(Settled(second, StepOutcome::kResolved, 10)));
  EXPECT_THAT(EndedAt({}, At(10)), IsEmpty());
}

TEST(StepOutcomeTest, LateNewsOfTheEndGiveTheCreditToTheStepBefore) {
  const TakenStep first = Step(1, 0, StepOutcome::kNextStep);
  const TakenStep second = Step(2, 10);
  EXPECT_THAT(EndedAt({first, second}, At(5)),
              ElementsAre(Settled(second, StepOutcome::kMoot, 5),
                          Settled(first, StepOutcome::kResolved, 5)));
  EXPECT_THAT(EndedAt({second}, At(5)), ElementsAre(Settled(second, StepOutcome::kMoot, 5)));
}

// Whatever the times: one step at most has the credit, it is the last one before the end, nothing
// stays pending that was told last, and to settle twice changes nothing.
TEST(StepOutcomeTest, HoldsForAnyTimes) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 2000; ++round) {
    std::uniform_int_distribution<int> count(0, 5);
    std::uniform_int_distribution<int64_t> second(0, 50);
    std::vector<int64_t> times(static_cast<size_t>(count(random)));
    for (int64_t& time : times) time = second(random);
    if (round % 3 != 0) std::sort(times.begin(), times.end());  // else the clock was put back
    std::vector<TakenStep> steps;
    for (const int64_t time : times) {
      steps = Written(steps, PassedBy(steps, At(time)));
      steps.push_back(Step(static_cast<int>(steps.size()) + 1, time));
    }
    const absl::Time end = At(second(random));
    const std::vector<TakenStep> after = Written(steps, EndedAt(steps, end));
    int credited = 0;
    for (size_t i = 0; i < after.size(); ++i) {
      EXPECT_NE(after[i].outcome, StepOutcome::kPending) << round;
      if (after[i].outcome == StepOutcome::kMoot) {
        EXPECT_GT(after[i].time, end);
      }
      if (after[i].outcome != StepOutcome::kResolved) continue;
      ++credited;
      EXPECT_LE(after[i].time, end);
      for (size_t later = i + 1; later < after.size(); ++later) {
        EXPECT_GT(after[later].time, end) << "it was told later, and before the end";
      }
    }
    const bool any_before = std::any_of(steps.begin(), steps.end(),
                                        [&](const TakenStep& step) { return step.time <= end; });
    EXPECT_EQ(credited, any_before ? 1 : 0) << round;
    EXPECT_THAT(EndedAt(after, end), IsEmpty()) << round;
  }
}

TEST(WordsFingerprintTest, NeverChangesAndTellsWordsApart) {
  EXPECT_EQ(WordsFingerprint("party/legal", "mail", "Please sign."), 17467308269271158602u);
  const std::set<uint64_t> different = {
      WordsFingerprint("a", "b", "c"), WordsFingerprint("ab", "", "c"),
      WordsFingerprint("", "ab", "c"), WordsFingerprint("a", "bc", ""),
      WordsFingerprint("", "", ""),    0};
  EXPECT_EQ(different.size(), 6u);
}

}  // namespace
}  // namespace clearway
