#include "service/classify/comparison.h"

#include <vector>

#include "gtest/gtest.h"

namespace clearway {
namespace {

constexpr Category kNot = Category::kNotBlocked;
constexpr Category kTech = Category::kTechnical;

constexpr int kResamples = 200;

// Records of label `label`, of which A has the first `a_right` right and B the last `b_right`.
struct Block {
  Category label;
  int records;
  int a_right;
  int b_right;
};

JudgedVerdict Judged(Category label, bool right) {
  JudgedVerdict judged;
  judged.record.has_labels = true;
  judged.record.category = label;
  judged.verdict.category = right == (label == kTech) ? kTech : kNot;
  return judged;
}

Comparison Compared(const std::vector<Block>& blocks) {
  std::vector<JudgedVerdict> a;
  std::vector<JudgedVerdict> b;
  for (const Block& block : blocks) {
    for (int i = 0; i < block.records; ++i) {
      a.push_back(Judged(block.label, i < block.a_right));
      b.push_back(Judged(block.label, i >= block.records - block.b_right));
    }
  }
  std::mt19937_64 random(7);
  return Compare(a, b, kResamples, random);
}

TEST(ComparisonTest, CountsWhoWasRight) {
  const Comparison comparison = Compared({{kNot, 10, 7, 5}, {kTech, 4, 1, 1}});
  // Of the ten A has 0-6 right and B 5-9; of the four A has the first and B the last.
  EXPECT_EQ(comparison.both_right, 2);
  EXPECT_EQ(comparison.only_a_right, 6);
  EXPECT_EQ(comparison.only_b_right, 4);
  EXPECT_EQ(comparison.neither_right, 2);
  EXPECT_NEAR(comparison.mcnemar_p, 772.0 / 1024, 1e-12);
  EXPECT_DOUBLE_EQ(comparison.a.accuracy.value(), 8.0 / 14);
  EXPECT_DOUBLE_EQ(comparison.b.accuracy.value(), 6.0 / 14);
}

TEST(ComparisonTest, NoRecordsAreNotToldApart) {
  const Comparison comparison = Compared({});
  EXPECT_EQ(comparison.mcnemar_p, 1);
  EXPECT_EQ(StandingOf(comparison), ComparisonOutcome::kNotToldApart);
}

TEST(ComparisonTest, AClearLeadIsBetterAndTurnedRoundWorse) {
  EXPECT_EQ(StandingOf(Compared({{kNot, 50, 30, 49}, {kTech, 50, 30, 49}})),
            ComparisonOutcome::kBetter);
  EXPECT_EQ(StandingOf(Compared({{kNot, 50, 49, 30}, {kTech, 50, 49, 30}})),
            ComparisonOutcome::kWorse);
}

TEST(ComparisonTest, ALeadByChanceIsNone) {
  EXPECT_EQ(StandingOf(Compared({{kNot, 10, 8, 9}, {kTech, 10, 8, 9}})),
            ComparisonOutcome::kNotToldApart);
}

struct StandingCase {
  const char* name;
  int only_a_right;
  int only_b_right;
  double p;
  Interval interval;
  ComparisonOutcome standing;
};

class StandingTest : public ::testing::TestWithParam<StandingCase> {};

TEST_P(StandingTest, NeedsBothMeasures) {
  Comparison comparison;
  comparison.only_a_right = GetParam().only_a_right;
  comparison.only_b_right = GetParam().only_b_right;
  comparison.mcnemar_p = GetParam().p;
  comparison.macro_f1_difference = GetParam().interval;
  EXPECT_EQ(StandingOf(comparison), GetParam().standing);
}

INSTANTIATE_TEST_SUITE_P(
    All, StandingTest,
    ::testing::Values(
        StandingCase{"BothBetter", 1, 9, 0.02, {0.01, 0.2}, ComparisonOutcome::kBetter},
        StandingCase{"BothWorse", 9, 1, 0.02, {-0.2, -0.01}, ComparisonOutcome::kWorse},
        StandingCase{"AccuracyAlone", 1, 9, 0.02, {-0.01, 0.2}, ComparisonOutcome::kNotToldApart},
        StandingCase{"MacroF1Alone", 2, 8, 0.11, {0.01, 0.2}, ComparisonOutcome::kNotToldApart},
        StandingCase{"OppositeWays", 1, 9, 0.02, {-0.2, -0.01}, ComparisonOutcome::kNotToldApart},
        StandingCase{"OnTheLine", 1, 9, 0.05, {0.01, 0.2}, ComparisonOutcome::kNotToldApart}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace clearway
