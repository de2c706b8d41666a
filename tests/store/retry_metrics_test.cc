#include "service/store/retry_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/metrics.h"

namespace clearway::testing {
namespace {

TEST(RetryMetricsTest, EachCauseIsCountedFromZero) {
  prometheus::Registry registry;
  RetryMetrics retries("postgres", registry);
  retries.Count(StoreRetry::kLostRace);
  retries.Count(StoreRetry::kLostRace);
  retries.Count(StoreRetry::kConnection);
  const auto count = [&](const char* cause) {
    return MetricValue(registry, "clearway_store_retries_total",
                       {{"backend", "postgres"}, {"cause", cause}});
  };
  EXPECT_EQ(count("lost_race"), 2);
  EXPECT_EQ(count("connection"), 1);
  EXPECT_EQ(count("fault_search"), 0);
}

}  // namespace
}  // namespace clearway::testing
