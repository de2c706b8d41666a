#include "service/server/models.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/metrics.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::FakeClassifier;
using ::clearway::testing::IsOk;
using ::clearway::testing::MetricValue;
using ::clearway::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ModelsTest : public ::testing::Test {
 protected:
  static LoadedModels Of(const std::string& live, const std::string& shadow = "") {
    LoadedModels models{std::make_shared<FakeClassifier>(live), nullptr};
    if (!shadow.empty()) models.shadow = std::make_shared<FakeClassifier>(shadow);
    return models;
  }

  testing::FakeClock clock_;
  std::ostringstream log_text_;
  Logger log_{log_text_, clock_};
  prometheus::Registry registry_;
  absl::StatusOr<LoadedModels> on_disk_{Of("one")};
  Models models_{Of("one"), [this] { return on_disk_; }, clock_, log_, registry_};
};

TEST_F(ModelsTest, ReloadTakesWhatIsOnDiskNow) {
  const absl::Time started = clock_.Now();
  EXPECT_EQ(models_.info().load_time, started);
  clock_.Advance(absl::Hours(1));
  on_disk_ = Of("two", "next");
  EXPECT_THAT(models_.Reload(), IsOk());
  EXPECT_EQ(models_.info().version, "two");
  EXPECT_EQ(models_.info().shadow_version, "next");
  EXPECT_EQ(models_.info().load_time, started + absl::Hours(1));
  EXPECT_EQ(models_.live().Classify(Ticket()).model_version, "two");
  EXPECT_EQ(models_.shadow()->model_version(), "next");
  EXPECT_EQ(MetricValue(registry_, "clearway_model_reloads_total", {{"outcome", "ok"}}), 1);
}

TEST_F(ModelsTest, BadFileLeavesTheModelsInUseAndSaysSo) {
  clock_.Advance(absl::Hours(1));
  on_disk_ = absl::InvalidArgumentError("/x/y.model: no model");
  EXPECT_THAT(models_.Reload(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("/x/y.model: no model")));
  EXPECT_EQ(models_.info().version, "one");
  EXPECT_EQ(models_.info().load_time, clock_.Now() - absl::Hours(1));
  EXPECT_EQ(models_.live().Classify(Ticket()).model_version, "one");
  EXPECT_THAT(log_text_.str(), AllOf(HasSubstr("warn"), HasSubstr("/x/y.model: no model")));
  EXPECT_EQ(MetricValue(registry_, "clearway_model_reloads_total", {{"outcome", "failed"}}), 1);
  EXPECT_EQ(MetricValue(registry_, "clearway_model_reloads_total", {{"outcome", "ok"}}), 0);
}

TEST_F(ModelsTest, InfoMetricShowsTheModelsInUseAlone) {
  const auto shown = [this](const char* role, const char* version) {
    return MetricValue(registry_, "clearway_model_info", {{"role", role}, {"version", version}});
  };
  EXPECT_EQ(shown("live", "one"), 1);
  on_disk_ = Of("two", "next");
  ASSERT_THAT(models_.Reload(), IsOk());
  EXPECT_EQ(shown("live", "one"), std::nullopt);
  EXPECT_EQ(shown("live", "two"), 1);
  EXPECT_EQ(shown("shadow", "next"), 1);
  on_disk_ = Of("two");
  ASSERT_THAT(models_.Reload(), IsOk());
  EXPECT_EQ(shown("live", "two"), 1);
  EXPECT_EQ(shown("shadow", "next"), std::nullopt);
}

}  // namespace
}  // namespace clearway
