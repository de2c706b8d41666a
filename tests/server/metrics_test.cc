#include "service/server/metrics.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#include "clearway/v1/blocker_service.pb.h"
#include "service/server/grpc_metrics.h"
#include "tests/testing/metrics.h"

namespace clearway {
namespace {

class MetricsTest : public ::testing::Test {
 protected:
  std::optional<double> Value(const std::string& name,
                              const std::map<std::string, std::string>& labels = {}) {
    return testing::MetricValue(registry_, name, labels);
  }
  std::optional<double> Events(const std::string& source) {
    return Value("clearway_ticket_events_total", {{"source", source}, {"result", "applied"}});
  }
  std::optional<double> Open(const std::string& project, Reason reason = Reason::kStaffing) {
    return Value("clearway_blockers_open",
                 {{"category", std::string(CategoryName(CategoryOf(reason)))},
                  {"reason", std::string(ReasonName(reason))},
                  {"project", project}});
  }

  static OpenBlockerCount Count(const std::string& project, int64_t count,
                                Reason reason = Reason::kStaffing) {
    return {CategoryOf(reason), reason, project, count};
  }

  prometheus::Registry registry_;
};

TEST_F(MetricsTest, SourcesBeyondTheLimitAreSummed) {
  IngestMetrics metrics(registry_);
  for (size_t i = 0; i < IngestMetrics::kMaxSources + 5; ++i) {
    metrics.Count(absl::StrCat("tool-", i), EventResult::kApplied);
  }
  EXPECT_EQ(Events("tool-0"), 1);
  EXPECT_EQ(Events(absl::StrCat("tool-", IngestMetrics::kMaxSources)), std::nullopt);
  EXPECT_EQ(Events("other"), 5);
}

TEST_F(MetricsTest, RefusedEventsEarnNoName) {
  IngestMetrics metrics(registry_);
  metrics.Count("spam", EventResult::kRefused);
  EXPECT_EQ(Events("spam"), std::nullopt);
  EXPECT_EQ(Value("clearway_ticket_events_total", {{"source", "other"}, {"result", "refused"}}), 1);
}

TEST_F(MetricsTest, UnknownLanguageIsUnd) {
  ClassificationMetrics metrics(registry_);
  Classification verdict;
  verdict.language = "tlh";
  metrics.Observe(verdict, absl::Milliseconds(1));
  EXPECT_EQ(
      Value("clearway_classifications_total", {{"category", "NOT_BLOCKED"}, {"language", "und"}}),
      1);
  EXPECT_EQ(Value("clearway_classification_duration_seconds"), 1);
}

TEST_F(MetricsTest, OnlyOpeningsAndEndsAreCounted) {
  BlockerMetrics metrics(registry_, 10);
  BlockerChange change;
  change.category = Category::kResource;
  const std::map<std::string, std::string> labels = {{"category", "RESOURCE"}};
  const auto move = [&](BlockerState from, BlockerState to) {
    change.from = from;
    change.to = to;
    metrics.Changed(change, std::nullopt);
  };
  move(BlockerState::kUnspecified, BlockerState::kOpen);
  move(BlockerState::kOpen, BlockerState::kAcknowledged);
  move(BlockerState::kAcknowledged, BlockerState::kEscalated);
  EXPECT_EQ(Value("clearway_blockers_opened_total", labels), 1);
  EXPECT_EQ(Value("clearway_blockers_resolved_total", labels), 0);
  move(BlockerState::kEscalated, BlockerState::kResolved);
  move(BlockerState::kResolved, BlockerState::kOpen);
  EXPECT_EQ(Value("clearway_blockers_opened_total", labels), 2);
  EXPECT_EQ(Value("clearway_blockers_resolved_total", labels), 1);
}

TEST_F(MetricsTest, LargestProjectsAreNamedTheRestIsSummed) {
  BlockerMetrics metrics(registry_, 2);
  metrics.SetOpen(
      {Count("A", 1), Count("B", 5), Count("C", 2), Count("D", 1), Count("C", 3, Reason::kDefect)});
  EXPECT_EQ(Open("B"), 5);
  EXPECT_EQ(Open("C"), 2);
  EXPECT_EQ(Open("C", Reason::kDefect), 3);
  EXPECT_EQ(Open("other"), 2);
  EXPECT_EQ(Open("A"), std::nullopt);
}

TEST_F(MetricsTest, ReasonThatIsGoneFallsToZeroAndAProjectDisappears) {
  BlockerMetrics metrics(registry_, 10);
  metrics.SetOpen({Count("A", 1), Count("A", 1, Reason::kDefect), Count("B", 1)});
  metrics.SetOpen({Count("A", 4)});
  EXPECT_EQ(Open("A"), 4);
  EXPECT_EQ(Open("A", Reason::kDefect), 0);
  EXPECT_EQ(Open("B"), std::nullopt);
  metrics.SetOpen({});
  EXPECT_EQ(Open("A"), std::nullopt);
}

TEST_F(MetricsTest, HighLevelsAreCountedTogether) {
  EscalationMetrics metrics(registry_);
  Escalation step;
  for (const int level : {1, 5, 6, 99}) {
    step.level = level;
    metrics.Told(step);
  }
  EXPECT_EQ(Value("clearway_escalations_total", {{"level", "1"}, {"outcome", "taken"}}), 1);
  EXPECT_EQ(Value("clearway_escalations_total", {{"level", "5+"}, {"outcome", "taken"}}), 3);
}

TEST_F(MetricsTest, EverySeriesOfAServiceExistsFromTheStart) {
  // Linkers drop generated code that nobody names, and its descriptors with it.
  ASSERT_NE(v1::GetBlockerRequest::descriptor(), nullptr);
  const GrpcMetrics metrics(registry_, {"clearway.v1.BlockerService"});
  EXPECT_EQ(Value("grpc_server_handled_total", {{"grpc_service", "clearway.v1.BlockerService"},
                                                {"grpc_method", "GetBlocker"},
                                                {"grpc_code", "UNAVAILABLE"}}),
            0);
  EXPECT_NE(metrics.Find("/clearway.v1.BlockerService/GetBlocker"), nullptr);
  EXPECT_EQ(metrics.Find("/grpc.health.v1.Health/Check"), nullptr);
}

TEST_F(MetricsTest, BuildIsNamed) {
  RegisterProcessMetrics(registry_, "1.2.3", absl::FromUnixSeconds(1'770'000'000));
  EXPECT_EQ(Value("clearway_build_info", {{"version", "1.2.3"}}), 1);
  EXPECT_EQ(Value("process_start_time_seconds"), 1'770'000'000);
}

}  // namespace
}  // namespace clearway
