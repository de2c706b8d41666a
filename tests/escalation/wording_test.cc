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

TEST(WordingTest, WaitsAreToldInWorkingDaysWhereThereAreAny) {
  const absl::Duration six_days = absl::Hours(6 * 24);
  EXPECT_EQ(WaitWords(six_days, 4, true, Language::kEnglish), "4 working days");
  EXPECT_EQ(WaitWords(six_days, 1, true, Language::kEnglish), "1 working day");
  EXPECT_EQ(WaitWords(six_days, 4, true, Language::kChinese), "4 个工作日");
  // Nobody said when people work, so it is not claimed.
  EXPECT_EQ(WaitWords(six_days, 4, false, Language::kEnglish), "4 weekdays");
  EXPECT_EQ(WaitWords(six_days, 4, false, Language::kChinese), "4 天（不含周末）");
  EXPECT_EQ(WaitWords(absl::Hours(48), 0, true, Language::kEnglish), "2 days") << "a weekend";
  EXPECT_EQ(WaitWords(absl::Hours(20), 1, true, Language::kEnglish), "20 hours");
}

TEST(WordingTest, DatesAreWrittenAsPeopleDo) {
  const absl::CivilDay today(2026, 2, 5);
  const absl::CivilDay monday(2026, 2, 2);
  EXPECT_EQ(DateWords(monday, today, Language::kEnglish), "2 February");
  EXPECT_EQ(DateWords(monday, today, Language::kChinese), "2 月 2 日");
  EXPECT_EQ(WeekdayWords(monday, today, Language::kEnglish), "Monday, 2 February");
  EXPECT_EQ(WeekdayWords(monday, today, Language::kChinese), "2 月 2 日（周一）");
  const absl::CivilDay other_year(2025, 12, 31);
  EXPECT_EQ(DateWords(other_year, today, Language::kEnglish), "31 December 2025");
  EXPECT_EQ(DateWords(other_year, today, Language::kChinese), "2025 年 12 月 31 日");
}

TEST(WordingTest, APartyLosesTheCapitalOfItsArticleAlone) {
  EXPECT_EQ(PartyWords("The sales department"), "the sales department");
  EXPECT_EQ(PartyWords("Our Vendor"), "our Vendor");
  EXPECT_EQ(PartyWords("Theo"), "Theo");
  EXPECT_EQ(PartyWords("Acme Hosting"), "Acme Hosting");
  EXPECT_EQ(PartyWords("法务部"), "法务部");
  EXPECT_EQ(PartyWords(""), "");
}

TEST(WordingTest, MoneyIsGroupedByThousands) {
  EXPECT_EQ(MoneyWords(7, "EUR"), "EUR 7");
  EXPECT_EQ(MoneyWords(999, "EUR"), "EUR 999");
  EXPECT_EQ(MoneyWords(1000, "CNY"), "CNY 1,000");
  EXPECT_EQ(MoneyWords(1234567, "USD"), "USD 1,234,567");
}

TEST(WordingTest, DependantsAreCountedAndAFewNamed) {
  const Dependants none;
  EXPECT_EQ(DependantsWords(none, Language::kEnglish), "");
  const Dependants one{1, {"A-1"}, {}};
  EXPECT_EQ(DependantsWords(one, Language::kEnglish), "1 other ticket (A-1)");
  EXPECT_EQ(DependantsWords(one, Language::kChinese), "1 张单（A-1）");
  const Dependants many{5, {"A-1", "A-2", "A-3", "A-4"}, {}};
  EXPECT_EQ(DependantsWords(many, Language::kEnglish), "5 other tickets (A-1, A-2, A-3 …)");
  const Dependants nameless{2, {}, {}};
  EXPECT_EQ(DependantsWords(nameless, Language::kEnglish), "2 other tickets");
  EXPECT_EQ(DependantsWords(nameless, Language::kChinese), "2 张单");
}

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
