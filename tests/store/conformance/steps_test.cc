// The steps that were told, and what came of them.
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class StoreStepsTest : public StoreConformanceTest {
 protected:
  std::vector<TakenStep> Steps(int64_t blocker_id, int opening,
                               const std::string& tenant = kTenant) {
    std::vector<TakenStep> steps;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(steps, tx.ListSteps(tenant, blocker_id, opening));
      return absl::OkStatus();
    }),
                IsOk());
    return steps;
  }

  std::vector<TakenStep> Visited(absl::Time from, absl::Time to, const std::string& project = "") {
    std::vector<TakenStep> steps;
    EXPECT_THAT(store().VisitSteps(kTenant, project, from, to,
                                   [&](const TakenStep& step) { steps.push_back(step); }),
                IsOk());
    return steps;
  }
};

TEST_P(StoreStepsTest, EveryFieldComesBack) {
  const TakenStep step = FullStep(Put(OpenBlocker(Key())));
  Put(step);
  EXPECT_THAT(Steps(step.blocker_id, step.opening), ElementsAre(step));
  EXPECT_THAT(Visited(At(0), At(100)), ElementsAre(step));
}

TEST_P(StoreStepsTest, AbsentValuesComeBackAbsent) {
  TakenStep step;
  step.tenant = kTenant;
  step.blocker_id = Put(OpenBlocker(Key()));
  step.time = At(0);
  Put(step);
  EXPECT_THAT(Steps(step.blocker_id, 0), ElementsAre(step));
}

TEST_P(StoreStepsTest, TheStepsOfOneOpeningComeByLevel) {
  const int64_t id = Put(OpenBlocker(Key()));
  for (const auto& [opening, level] :
       {std::tuple{1, 3}, std::tuple{0, 1}, std::tuple{1, 1}, std::tuple{1, 2}}) {
    Put(FullStep(id, opening, level));
  }
  EXPECT_THAT(Steps(id, 1),
              ElementsAre(FullStep(id, 1, 1), FullStep(id, 1, 2), FullStep(id, 1, 3)));
  EXPECT_THAT(Steps(id, 2), IsEmpty());
}

TEST_P(StoreStepsTest, AStepIsThereOnce) {
  const int64_t id = Put(OpenBlocker(Key()));
  TakenStep step = FullStep(id);
  Put(step);
  step.escalation_id = 8;
  EXPECT_THAT(store().Transact([&](Transaction& tx) { return tx.InsertStep(step); }),
              ::testing::Not(IsOk()));
  EXPECT_THAT(Steps(id, step.opening), ElementsAre(FullStep(id)));
}

TEST_P(StoreStepsTest, TheOutcomeAloneIsOverwritten) {
  const int64_t id = Put(OpenBlocker(Key()));
  Put(FullStep(id));
  TakenStep changed = FullStep(id);
  changed.outcome = StepOutcome::kResolved;
  changed.outcome_time = At(99);
  TakenStep asked = changed;
  asked.channel = "chat";
  TakenStep none = changed;
  none.level = 9;
  EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.PutStepOutcome(none));
    return tx.PutStepOutcome(asked);
  }),
              IsOk());
  EXPECT_THAT(Steps(id, 1), ElementsAre(changed));
}

TEST_P(StoreStepsTest, StepsAreVisitedByTimeAndProject) {
  const int64_t id = Put(OpenBlocker(Key()));
  const auto put = [&](int level, int64_t at, const std::string& project) {
    TakenStep step = FullStep(id, 0, level);
    step.time = At(at);
    step.project = project;
    Put(step);
    return step;
  };
  const TakenStep first = put(1, 10, "PAY");
  const TakenStep second = put(2, 20, "WEB");
  const TakenStep third = put(3, 30, "PAY");
  EXPECT_THAT(Visited(At(10), At(30)), UnorderedElementsAre(first, second));
  EXPECT_THAT(Visited(At(11), At(31)), UnorderedElementsAre(second, third));
  EXPECT_THAT(Visited(At(0), At(99), "PAY"), UnorderedElementsAre(first, third));
}

TEST_P(StoreStepsTest, ManyStepsAreAllVisited) {
  const int64_t id = Put(OpenBlocker(Key()));
  EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
    for (int level = 1; level <= 1200; ++level) {
      RETURN_IF_ERROR(tx.InsertStep(FullStep(id, 0, level)));
    }
    return absl::OkStatus();
  }),
              IsOk());
  std::set<int> levels;
  for (const TakenStep& step : Visited(At(0), At(99))) levels.insert(step.level);
  EXPECT_EQ(levels.size(), 1200u);
}

TEST_P(StoreStepsTest, AStepNeedsABlockerOfItsTenant) {
  const int64_t id = Put(OpenBlocker(Key()));
  for (const TakenStep& stray : {FullStep(id + 1), FullStep(id, 1, 2, kOtherTenant)}) {
    EXPECT_THAT(store().Transact([&](Transaction& tx) { return tx.InsertStep(stray); }),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
}

CLEARWAY_ALL_BACKENDS(StoreStepsTest);

}  // namespace
}  // namespace clearway::testing
