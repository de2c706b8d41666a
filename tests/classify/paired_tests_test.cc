#include "service/classify/paired_tests.h"

#include <vector>

#include "gtest/gtest.h"

namespace clearway {
namespace {

constexpr Category kNot = Category::kNotBlocked;
constexpr Category kTech = Category::kTechnical;

constexpr int kResamples = 2000;

Interval IntervalOf(const std::vector<PairedVerdict>& verdicts, int resamples = kResamples) {
  std::mt19937_64 random(7);
  return BootstrapMacroF1Difference(verdicts, resamples, random);
}

struct McNemarCase {
  const char* name;
  int only_a_right;
  int only_b_right;
  double p;
};

class McNemarTest : public ::testing::TestWithParam<McNemarCase> {};

TEST_P(McNemarTest, MatchesTheBinomialByHand) {
  const McNemarCase& c = GetParam();
  EXPECT_NEAR(McNemarExact(c.only_a_right, c.only_b_right), c.p, 1e-12);
  EXPECT_NEAR(McNemarExact(c.only_b_right, c.only_a_right), c.p, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(
    All, McNemarTest,
    ::testing::Values(McNemarCase{"NothingToCompare", 0, 0, 1}, McNemarCase{"Even", 5, 5, 1},
                      // Half of all outcomes on each side.
                      McNemarCase{"One", 0, 1, 1}, McNemarCase{"SixToNone", 6, 0, 2.0 / 64},
                      McNemarCase{"NineToOne", 9, 1, 2.0 * (1 + 10) / 1024},
                      McNemarCase{"SevenToThree", 7, 3, 2.0 * (1 + 10 + 45 + 120) / 1024}),
    [](const auto& row) { return row.param.name; });

TEST(McNemarTest, ManyRecordsDoNotOverflow) {
  EXPECT_GT(McNemarExact(50'000, 50'100), 0.5);
  EXPECT_LE(McNemarExact(50'000, 50'100), 1);
  EXPECT_LT(McNemarExact(40'000, 60'000), 1e-12);
}

TEST(BootstrapTest, WithoutRecordsThereIsNoDifference) {
  const Interval interval = IntervalOf({});
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

TEST(BootstrapTest, EqualVerdictsDoNotDiffer) {
  const Interval interval = IntervalOf({{kNot, kNot, kNot}, {kTech, kNot, kNot}});
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

TEST(BootstrapTest, AlwaysRightAgainstAlwaysWrongIsOne) {
  const Interval interval = IntervalOf({{kNot, kTech, kNot}, {kTech, kNot, kTech}});
  EXPECT_EQ(interval.low, 1);
  EXPECT_EQ(interval.high, 1);
}

// Of four equally likely draws one leaves both right (0), two give A a macro F1 of a third (2/3)
// and one has A wrong throughout (1): the interval takes in both ends.
TEST(BootstrapTest, TakesInWhatIsLikely) {
  const Interval interval = IntervalOf({{kNot, kNot, kNot}, {kNot, kTech, kNot}});
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 1);
}

TEST(BootstrapTest, VerdictsOnARecordStayTogether) {
  // A and B are wrong on the same record: never any difference, whatever is drawn.
  const Interval interval =
      IntervalOf({{kNot, kTech, kTech}, {kNot, kNot, kNot}, {kTech, kTech, kTech}});
  EXPECT_EQ(interval.low, 0);
  EXPECT_EQ(interval.high, 0);
}

TEST(BootstrapTest, TheSameSeedGivesTheSameInterval) {
  std::vector<PairedVerdict> verdicts;
  for (int i = 0; i < 60; ++i) {
    verdicts.push_back(
        {i % 2 == 0 ? kNot : kTech, i % 3 == 0 ? kNot : kTech, i % 5 == 0 ? kNot : kTech});
  }
  const Interval first = IntervalOf(verdicts);
  const Interval second = IntervalOf(verdicts);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
  EXPECT_LT(first.low, first.high);
  // 39 resamples leave one outside at each end, 38 none.
  EXPECT_GE(IntervalOf(verdicts, 39).low, IntervalOf(verdicts, 38).low);
}

}  // namespace
}  // namespace clearway
