#include "service/report/time_to_unblock.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace clearway {
namespace {

TEST(UnblockTimesTest, NoneHaveNoPercentiles) {
  EXPECT_EQ(UnblockTimes().Percentiles(), std::nullopt);
}

TEST(UnblockTimesTest, OneIsAllOfThem) {
  UnblockTimes times;
  times.Add(absl::Seconds(7));
  EXPECT_EQ(times.Percentiles(),
            (TimeToUnblock{absl::Seconds(7), absl::Seconds(7), absl::Seconds(7)}));
}

TEST(UnblockTimesTest, PercentilesAreOfTheNearestRank) {
  UnblockTimes times;
  for (int seconds = 20; seconds > 0; --seconds) times.Add(absl::Seconds(seconds));
  EXPECT_EQ(times.Percentiles(),
            (TimeToUnblock{absl::Seconds(10), absl::Seconds(17), absl::Seconds(19)}));
}

TEST(UnblockTimesTest, NegativeOnesCountAsNothingAndEndlessOnesAsLong) {
  UnblockTimes times;
  times.Add(absl::Seconds(-5));
  times.Add(absl::InfiniteDuration());
  const std::optional<TimeToUnblock> percentiles = times.Percentiles();
  EXPECT_EQ(percentiles->p50, absl::ZeroDuration());
  EXPECT_GT(percentiles->p95, absl::Hours(24 * 365 * 1000));
}

// Minutes to years, as often in each decade.
std::vector<int64_t> ManySeconds(size_t count) {
  std::vector<int64_t> seconds;
  for (size_t i = 0; i < count; ++i) {
    const double place = static_cast<double>(i * 7919 % count) / static_cast<double>(count);
    seconds.push_back(static_cast<int64_t>(std::exp(place * 18)));
  }
  return seconds;
}

TEST(UnblockTimesTest, ManyAreWithinAFractionOfAPerMille) {
  // Around the number from which they are no longer kept one by one, and far beyond it.
  for (const size_t count : {size_t{65'536}, size_t{65'537}, size_t{400'000}}) {
    std::vector<int64_t> seconds = ManySeconds(count);
    UnblockTimes times;
    for (const int64_t each : seconds) times.Add(absl::Seconds(each));
    std::sort(seconds.begin(), seconds.end());
    const std::optional<TimeToUnblock> percentiles = times.Percentiles();
    const auto expect_near = [&](absl::Duration got, size_t percent) {
      const auto want = static_cast<double>(seconds[(percent * count + 99) / 100 - 1]);
      const double error = count <= 65'536 ? 0 : want * 0.00025;
      EXPECT_NEAR(absl::ToDoubleSeconds(got), want, error) << count << ' ' << percent;
    };
    expect_near(percentiles->p50, 50);
    expect_near(percentiles->p85, 85);
    expect_near(percentiles->p95, 95);
  }
}

TEST(UnblockTimesTest, ManyShortOnesAreExact) {
  UnblockTimes times;
  for (int i = 0; i < 100'000; ++i) times.Add(absl::Seconds(i % 4000));
  EXPECT_EQ(times.Percentiles(),
            (TimeToUnblock{absl::Seconds(1999), absl::Seconds(3399), absl::Seconds(3799)}));
}

}  // namespace
}  // namespace clearway
