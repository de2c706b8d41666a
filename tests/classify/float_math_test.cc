#include "service/classify/float_math.h"

#include <array>
#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace clearway {
namespace {

constexpr double kTolerance = 1e-5;

TEST(FloatMathTest, ExponentialsAreTheLibrarysToFiveDigits) {
  for (float x = -kLargestPower; x <= kLargestPower; x += 0.37F) {
    EXPECT_NEAR(double{ExpOf(x)} / std::exp(double{x}), 1, kTolerance) << x;
  }
  EXPECT_EQ(ExpOf(0), 1);
}

TEST(FloatMathTest, ExponentialsOfAllLanesAreThoseOfEach) {
  const Floats powers = ExpOf(Floats{-3, -0.5F, 0, 2});
  EXPECT_EQ(powers[0], ExpOf(-3));
  EXPECT_EQ(powers[1], ExpOf(-0.5F));
  EXPECT_EQ(powers[3], ExpOf(2));
}

TEST(FloatMathTest, WhatIsTooSmallCountsAsTheLeast) {
  EXPECT_EQ(ExpOf(-1000), ExpOf(-kLargestPower));
  EXPECT_EQ(ExpOf(-std::numeric_limits<float>::infinity()), ExpOf(-kLargestPower));
}

TEST(FloatMathTest, LogarithmsAreTheLibrarysToFiveDigits) {
  for (float x = 1e-12F; x < 1e6F; x *= 1.7F) {
    EXPECT_NEAR(double{LogOf(x)}, std::log(double{x}), kTolerance * (1 + std::abs(std::log(x))))
        << x;
  }
}

TEST(FloatMathTest, ProbabilitiesSumToOneHoweverFarTheMarginsAreApart) {
  const std::array<double, 5> margins = {700, 699, -700, 0, 698};
  const std::array<double, 5> shares = Softmax<5>(margins.data());
  double sum = 0;
  for (const double share : shares) sum += share;
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_NEAR(shares[1] / shares[0], std::exp(-1.0), kTolerance);
  EXPECT_LT(shares[2], 1e-30);
}

}  // namespace
}  // namespace clearway
