#include "service/classify/evaluation.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

constexpr Category kNot = Category::kNotBlocked;
constexpr Category kTech = Category::kTechnical;
constexpr Category kCross = Category::kCrossTeam;
constexpr Category kComm = Category::kCommunication;

JudgedVerdict Judged(Category label, Category verdict, double confidence = 1) {
  JudgedVerdict judged;
  judged.record.has_labels = true;
  judged.record.lang = "en";
  judged.record.difficulty = "plain";
  judged.record.category = label;
  judged.verdict.category = verdict;
  judged.verdict.confidence = confidence;
  return judged;
}

const ClassScore& Find(const std::vector<ClassScore>& classes, const std::string& name) {
  for (const ClassScore& score : classes) {
    if (score.name == name) return score;
  }
  ADD_FAILURE() << "no class " << name;
  return classes.front();
}

TEST(EvaluationTest, NothingGivesZeroes) {
  const Evaluation evaluation = Evaluate({});
  EXPECT_EQ(evaluation.accuracy.value(), 0);
  EXPECT_EQ(evaluation.macro_f1, 0);
  EXPECT_EQ(evaluation.calibration_error, 0);
}

// Labels N N N T T X, verdicts N N T T X X.
TEST(EvaluationTest, ScoresMatchThoseByHand) {
  const Evaluation evaluation =
      Evaluate({Judged(kNot, kNot), Judged(kNot, kNot), Judged(kNot, kTech), Judged(kTech, kTech),
                Judged(kTech, kCross), Judged(kCross, kCross)});
  EXPECT_DOUBLE_EQ(evaluation.accuracy.value(), 4.0 / 6);

  const ClassScore& not_blocked = Find(evaluation.classes, "NOT_BLOCKED");
  EXPECT_EQ(not_blocked.support, 3);
  EXPECT_EQ(not_blocked.predicted, 2);
  EXPECT_DOUBLE_EQ(not_blocked.precision, 1);
  EXPECT_DOUBLE_EQ(not_blocked.recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(not_blocked.f1, 0.8);

  EXPECT_DOUBLE_EQ(Find(evaluation.classes, "TECHNICAL").f1, 0.5);
  const ClassScore& cross = Find(evaluation.classes, "CROSS_TEAM");
  EXPECT_DOUBLE_EQ(cross.precision, 0.5);
  EXPECT_DOUBLE_EQ(cross.recall, 1);
  EXPECT_DOUBLE_EQ(cross.f1, 2.0 / 3);
  // Over the three classes that occur, not all five.
  EXPECT_DOUBLE_EQ(evaluation.macro_f1, (0.8 + 0.5 + 2.0 / 3) / 3);
}

TEST(EvaluationTest, ThreeWayForgivesMixingUpNonTechnicalCauses) {
  const Evaluation evaluation = Evaluate({Judged(kComm, kCross), Judged(kNot, kNot)});
  EXPECT_DOUBLE_EQ(evaluation.accuracy.value(), 0.5);
  EXPECT_DOUBLE_EQ(Find(evaluation.three_way_classes, "NON_TECHNICAL").f1, 1);
  EXPECT_DOUBLE_EQ(evaluation.three_way_macro_f1, 1);
}

TEST(EvaluationTest, AskingForReviewIsNoHit) {
  const Evaluation evaluation = Evaluate({Judged(kTech, Category::kNeedsReview)});
  EXPECT_EQ(evaluation.accuracy.right, 0);
  EXPECT_EQ(evaluation.confusion[1][5], 1);
  EXPECT_DOUBLE_EQ(Find(evaluation.classes, "TECHNICAL").recall, 0);
}

TEST(EvaluationTest, ConfusionHasLabelsInRows) {
  const Evaluation evaluation = Evaluate({Judged(kNot, kCross), Judged(kNot, kCross)});
  EXPECT_EQ(evaluation.confusion[0][4], 2);
  EXPECT_EQ(evaluation.confusion[4][0], 0);
}

TEST(EvaluationTest, ReasonsCountWhereTheCategoryWasFound) {
  JudgedVerdict right = Judged(kTech, kTech);
  right.record.reason = right.verdict.reason = Reason::kDefect;
  JudgedVerdict wrong = Judged(kTech, kTech);
  wrong.record.reason = Reason::kDefect;
  wrong.verdict.reason = Reason::kSecurityFix;
  JudgedVerdict elsewhere = Judged(kTech, kCross);
  elsewhere.record.reason = Reason::kDefect;
  const Evaluation evaluation = Evaluate({right, wrong, elsewhere, Judged(kNot, kNot)});
  EXPECT_EQ(evaluation.reason.right, 1);
  EXPECT_EQ(evaluation.reason.cases, 2);
}

struct PartyCase {
  const char* name;
  const char* label;
  const char* verdict;
  bool right;
};

class WaitingOnTest : public ::testing::TestWithParam<PartyCase> {};

TEST_P(WaitingOnTest, IsJudgedByContainment) {
  JudgedVerdict judged = Judged(kCross, kCross);
  judged.record.waiting_on = GetParam().label;
  judged.verdict.waiting_on = GetParam().verdict;
  const Evaluation evaluation = Evaluate({judged});
  EXPECT_EQ(evaluation.waiting_on.cases, 1);
  EXPECT_EQ(evaluation.waiting_on.right, GetParam().right ? 1 : 0);
}

constexpr PartyCase kPartyCases[] = {
    {"Equal", "legal", "legal", true},
    {"CaseDiffers", "Legal", "LEGAL", true},
    {"VerdictSaysMore", "legal", "the legal team", true},
    {"LabelSaysMore", "法务部门", "法务", true},
    {"Nothing", "legal", "", false},
    {"SomebodyElse", "legal", "finance", false},
};
INSTANTIATE_TEST_SUITE_P(All, WaitingOnTest, ::testing::ValuesIn(kPartyCases),
                         [](const auto& row) { return row.param.name; });

TEST(EvaluationTest, UnlabelledPartiesAreNotJudged) {
  JudgedVerdict judged = Judged(kCross, kCross);
  judged.verdict.waiting_on = "legal";
  EXPECT_EQ(Evaluate({judged}).waiting_on.cases, 0);
}

TEST(EvaluationTest, CalibrationErrorWeighsBinsBySize) {
  // Bin [0.8, 0.9): confidence 0.8 and 0.86 on average 0.83, half right: gap 0.33, weight 2/3.
  // Bin [0.2, 0.3): confidence 0.25, right: gap 0.75, weight 1/3.
  const Evaluation evaluation =
      Evaluate({Judged(kNot, kNot, 0.8), Judged(kNot, kTech, 0.86), Judged(kNot, kNot, 0.25)});
  EXPECT_NEAR(evaluation.calibration_error, 0.33 * 2 / 3 + 0.75 / 3, 1e-12);
}

TEST(EvaluationTest, CertaintyFallsIntoTheLastBin) {
  EXPECT_DOUBLE_EQ(Evaluate({Judged(kNot, kNot, 1.0), Judged(kNot, kNot, 1.0)}).calibration_error,
                   0);
}

TEST(EvaluationTest, SplitsByLanguageAndDifficulty) {
  JudgedVerdict chinese = Judged(kNot, kTech);
  chinese.record.lang = "zh";
  chinese.record.difficulty = "trap";
  const Evaluation evaluation = Evaluate({chinese, Judged(kNot, kNot)});
  EXPECT_EQ(evaluation.by_language.at("en").accuracy.value(), 1);
  EXPECT_EQ(evaluation.by_language.at("zh").accuracy.value(), 0);
  EXPECT_EQ(evaluation.by_difficulty.at("trap").accuracy.cases, 1);
}

TEST(EvaluationTest, GroupsHaveTheirOwnMacroF1AndReasons) {
  JudgedVerdict reason_found = Judged(kTech, kTech);
  reason_found.record.reason = reason_found.verdict.reason = Reason::kDefect;
  JudgedVerdict reason_missed = Judged(kTech, kTech);
  reason_missed.record.reason = Reason::kDefect;
  reason_missed.verdict.reason = Reason::kSecurityFix;
  std::vector<JudgedVerdict> judged = {reason_found, reason_missed, Judged(kNot, kTech),
                                       Judged(kNot, kNot), Judged(kCross, kCross)};
  judged.back().record.lang = "zh";
  const Evaluation evaluation = Evaluate(judged);
  const GroupScore& english = evaluation.by_language.at("en");
  // NOT_BLOCKED: precision 1, recall 1/2, F1 2/3. TECHNICAL: precision 2/3, recall 1, F1 4/5.
  EXPECT_DOUBLE_EQ(english.macro_f1, (2.0 / 3 + 0.8) / 2);
  EXPECT_DOUBLE_EQ(english.accuracy.value(), 0.75);
  EXPECT_EQ(english.reason.right, 1);
  EXPECT_EQ(english.reason.cases, 2);
  const GroupScore& chinese = evaluation.by_language.at("zh");
  EXPECT_DOUBLE_EQ(chinese.macro_f1, 1);
  EXPECT_EQ(chinese.reason.cases, 0);
}

}  // namespace
}  // namespace clearway
