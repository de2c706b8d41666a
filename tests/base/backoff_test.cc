#include "service/base/backoff.h"

#include "gtest/gtest.h"

namespace clearway::testing {
namespace {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(double value) : value_(value) {}
  double Uniform() override { return value_; }

 private:
  const double value_;
};

TEST(BackoffTest, DoublesUpToItsBound) {
  const Backoff backoff{absl::Milliseconds(10), absl::Milliseconds(60)};
  FixedRandom random(0);
  EXPECT_EQ(backoff.Before(1, random), absl::Milliseconds(5));
  EXPECT_EQ(backoff.Before(2, random), absl::Milliseconds(10));
  EXPECT_EQ(backoff.Before(3, random), absl::Milliseconds(20));
  EXPECT_EQ(backoff.Before(4, random), absl::Milliseconds(30));
  EXPECT_EQ(backoff.Before(1'000'000, random), absl::Milliseconds(30));
}

TEST(BackoffTest, ChanceSpreadsItOverTheUpperHalf) {
  const Backoff backoff{absl::Milliseconds(10), absl::Seconds(1)};
  FixedRandom half(0.5);
  EXPECT_EQ(backoff.Before(1, half), absl::Milliseconds(7.5));
}

TEST(SystemRandomTest, StaysWithinItsBoundsAndMoves) {
  SystemRandom random;
  const double first = random.Uniform();
  bool moved = false;
  for (int i = 0; i < 100; ++i) {
    const double next = random.Uniform();
    EXPECT_GE(next, 0);
    EXPECT_LT(next, 1);
    moved = moved || next != first;
  }
  EXPECT_TRUE(moved);
}

}  // namespace
}  // namespace clearway::testing
