#include "service/escalation/wording.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

struct AgeCase {
  const char* name;
  absl::Duration age;
  const char* english;
  const char* chinese;
};

class AgeWordsTest : public ::testing::TestWithParam<AgeCase> {};

TEST_P(AgeWordsTest, SaysItAsPeopleDo) {
  EXPECT_EQ(AgeWords(GetParam().age, Language::kEnglish), GetParam().english);
  EXPECT_EQ(AgeWords(GetParam().age, Language::kChinese), GetParam().chinese);
}

INSTANTIATE_TEST_SUITE_P(
    All, AgeWordsTest,
    ::testing::Values(
        AgeCase{"BeforeTheOpening", -absl::Hours(5), "less than an hour", "不到 1 小时"},
        AgeCase{"Minutes", absl::Minutes(59), "less than an hour", "不到 1 小时"},
        AgeCase{"OneHour", absl::Hours(1), "1 hour", "1 小时"},
        AgeCase{"LastHourOfADay", absl::Hours(24) - absl::Seconds(1), "23 hours", "23 小时"},
        AgeCase{"OneDay", absl::Hours(24), "1 day", "1 天"},
        AgeCase{"NotYetFourDays", absl::Hours(95), "3 days", "3 天"},
        AgeCase{"AYear", absl::Hours(24 * 365), "365 days", "365 天"}),
    [](const auto& test) { return test.param.name; });

TEST(WordingTest, EverythingThatBlocksHasWordsInBothLanguages) {
  for (const Language language : {Language::kEnglish, Language::kChinese}) {
    for (int i = 1; i < kReasonCount; ++i) {
      const Reason reason = static_cast<Reason>(i);
      EXPECT_FALSE(ReasonWords(reason, language).empty()) << ReasonName(reason);
      EXPECT_FALSE(CategoryWords(CategoryOf(reason), language).empty()) << ReasonName(reason);
    }
    for (int i = 0; i < kPriorityCount; ++i) {
      EXPECT_FALSE(PriorityWords(static_cast<Priority>(i), language).empty()) << i;
    }
  }
}

TEST(WordingTest, ChineseIsForChineseAlone) {
  EXPECT_EQ(LanguageCode(LanguageOf("zh")), "zh");
  EXPECT_EQ(LanguageCode(LanguageOf("en")), "en");
  EXPECT_EQ(LanguageCode(LanguageOf("und")), "en");
  EXPECT_EQ(LanguageCode(LanguageOf("")), "en");
}

TEST(WordingTest, WhatTheLinksSayIsSaidInBothLanguages) {
  EXPECT_EQ(StandingWords({}, Language::kEnglish), "");
  Standing root;
  root.weight = {12, 3, absl::Hours(24 * 34)};
  root.daily_cost = 800;
  EXPECT_EQ(
      StandingWords(root, Language::kEnglish),
      "12 tickets hang on it, 3 of them stuck, for 34 days in all, at a cost of about 27200.");
  EXPECT_EQ(StandingWords(root, Language::kChinese),
            "共有 12 个工单依赖本工单，其中 3 个卡住，合计 34 天，成本约 27200。");
  root.root = "LEG-9";
  root.daily_cost.reset();
  EXPECT_EQ(
      StandingWords(root, Language::kEnglish),
      "It hangs on LEG-9, which is open and not known to be stuck. 12 tickets hang on that, 3 "
      "of them stuck, for 34 days in all.");
  Standing held;
  held.held_by = "LEG-9";
  for (const Language language : {Language::kEnglish, Language::kChinese}) {
    EXPECT_NE(StandingWords(held, language).find("LEG-9"), std::string::npos);
  }
}

}  // namespace
}  // namespace clearway
