#include "service/server/policies.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/fake_clock.h"
#include "tests/testing/metrics.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::MetricValue;
using ::clearway::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using SharedPlanner = std::shared_ptr<const Planner>;

SharedPlanner Of(const std::string& ladder) {
  return std::make_shared<const Planner>(
      EscalationPolicy{
          .ladders = {{.name = ladder,
                       .steps = {{absl::Hours(1), EscalationTarget::kParty, "chat"}}}}},
      *BuiltInPlaybooks());
}

class PoliciesTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_;
  std::ostringstream log_text_;
  Logger log_{log_text_, clock_};
  prometheus::Registry registry_;
  absl::StatusOr<SharedPlanner> on_disk_{Of("two")};
  Policies policies_{Of("one"), [this] { return on_disk_; }, clock_, log_, registry_};
};

TEST_F(PoliciesTest, ReloadTakesWhatIsOnDiskNow) {
  const SharedPlanner before = policies_.planners().Get();
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(policies_.Reload(), IsOk());
  EXPECT_EQ(policies_.planners().Get(), *on_disk_);
  EXPECT_THAT(policies_.info().ladders, ElementsAre("two"));
  EXPECT_EQ(policies_.info().load_time, clock_.Now());
  EXPECT_THAT(before->LadderNames(), ElementsAre("one")) << "whoever works by it still can";
  EXPECT_EQ(MetricValue(registry_, "clearway_policy_reloads_total", {{"outcome", "ok"}}), 1);
}

TEST_F(PoliciesTest, BadFileLeavesThePolicyInUseAndSaysSoOnce) {
  const SharedPlanner before = policies_.planners().Get();
  on_disk_ = absl::InvalidArgumentError("/x/p.yaml:7: route.ladder is \"a\"");
  EXPECT_THAT(policies_.Reload(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                           AllOf(HasSubstr("/x/p.yaml:7:"), HasSubstr("stays"))));
  EXPECT_EQ(policies_.planners().Get(), before);
  EXPECT_THAT(policies_.info().ladders, ElementsAre("one"));
  const std::string log = log_text_.str();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
  EXPECT_THAT(log, AllOf(HasSubstr("warn"), HasSubstr("/x/p.yaml:7:")));
  EXPECT_EQ(MetricValue(registry_, "clearway_policy_reloads_total", {{"outcome", "failed"}}), 1);
  EXPECT_EQ(MetricValue(registry_, "clearway_policy_reloads_total", {{"outcome", "ok"}}), 0);
}

}  // namespace
}  // namespace clearway
