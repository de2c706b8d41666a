#include "service/report/render.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "service/report/display_text.h"

namespace clearway {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Duration Days(int64_t days) { return absl::Hours(24 * days); }

BlockerReport Sample() {
  BlockerReport report;
  report.tenant = "acme";
  report.start = absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone());
  report.end = absl::FromCivil(absl::CivilDay(2026, 1, 31), absl::UTCTimeZone());
  report.total = {"", 1, 2, 1, Days(5)};
  report.non_technical_share = 0.5;
  report.non_technical_time_share = 0.8;
  report.by_category = {{"TECHNICAL", 0, 1, 1, Days(1)}, {"CROSS_TEAM", 1, 1, 0, Days(4)}};
  report.by_reason = {{"APPROVAL_OR_SIGN_OFF", 1, 1, 0, Days(4)}, {"DEFECT", 0, 1, 1, Days(1)}};
  report.by_project = {{"pay", 1, 1, 0, Days(4)}, {"", 0, 1, 1, Days(1)}};
  for (const char* key : {"<1d", "1-3d", "3-7d", "7-14d", "14-30d", ">30d"}) {
    report.by_age.push_back({key, 0, 0, 0, absl::ZeroDuration()});
  }
  report.by_age[2] = {"3-7d", 1, 1, 0, Days(4)};
  report.time_to_unblock = TimeToUnblock{Days(1), Days(1), Days(1)};
  report.oldest_open = {{7, "PAY-7", "pay", "Ship the export", Category::kCrossTeam,
                         Reason::kApprovalOrSignOff, "法务", Days(4)}};
  return report;
}

std::vector<std::string> Lines(const std::string& text) { return absl::StrSplit(text, '\n'); }

// The lines of a Markdown text that belong to tables.
std::vector<std::string> TableLines(const std::string& markdown) {
  std::vector<std::string> lines;
  for (const std::string& line : Lines(markdown)) {
    if (absl::StartsWith(line, "|")) lines.push_back(line);
  }
  return lines;
}

// Cell borders: bars that are not escaped.
size_t Borders(const std::string& line) {
  size_t count = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '|') {
      ++count;
    }
  }
  return count;
}

TEST(RenderTableTest, SaysEveryNumber) {
  const std::string text = RenderTable(Sample(), Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("acme"));
  EXPECT_THAT(text, HasSubstr("50% of the blockers, 80% of the time"));
  EXPECT_THAT(text, HasSubstr("cross-team"));
  EXPECT_THAT(text, HasSubstr("PAY-7"));
  EXPECT_THAT(text, HasSubstr("Ship the export"));
  EXPECT_THAT(text, HasSubstr("4d"));
}

TEST(RenderTableTest, ColumnsLineUpInChinese) {
  BlockerReport report = Sample();
  report.by_project[0].key = "支付平台";
  report.by_project.push_back({"web", 3, 4, 5, Days(1)});
  const std::string text = RenderTable(report, Language::kChinese);
  EXPECT_THAT(text, HasSubstr("跨团队"));
  // The numbers are the last columns: all lines of one table end at the same column.
  std::vector<int> widths;
  for (const std::string& line : Lines(text)) {
    if (absl::StartsWith(line, "支付平台") || absl::StartsWith(line, "web")) {
      widths.push_back(DisplayWidth(line));
    }
  }
  ASSERT_EQ(widths.size(), 2u);
  EXPECT_EQ(widths[0], widths[1]);
}

TEST(RenderTableTest, TitlesCannotForgeLinesOrColours) {
  BlockerReport report = Sample();
  report.oldest_open[0].title = "x\nPAY-8  resolved\x1b[2J";
  const std::string text = RenderTable(report, Language::kEnglish);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(Lines(text), Each(Not(::testing::StartsWith("PAY-8"))));
}

TEST(RenderTableTest, QuietPeriodHasNoEmptyTables) {
  BlockerReport report = Sample();
  report.by_category.clear();
  report.by_reason.clear();
  report.by_project.clear();
  report.oldest_open.clear();
  EXPECT_THAT(RenderTable(report, Language::kEnglish), Not(HasSubstr("reason")));
}

TEST(RenderTableTest, LongTablesSayWhatTheyLeaveOut) {
  BlockerReport report = Sample();
  report.by_project.assign(57, {"p", 1, 1, 0, Days(1)});
  EXPECT_THAT(RenderTable(report, Language::kEnglish), HasSubstr("32 more"));
}

TEST(RenderMarkdownTest, HostileTextStaysInItsCell) {
  BlockerReport report = Sample();
  report.oldest_open[0].title = "a|b\nc \\| d | @all <script> [x](http://e)";
  report.oldest_open[0].ticket = "P|1";
  report.by_project[0].key = "p\r\n| 9 | 9 | 9 | 9 |";
  const std::string markdown = RenderMarkdown(report, Language::kEnglish);
  std::vector<size_t> borders;
  for (const std::string& line : TableLines(markdown)) borders.push_back(Borders(line));
  // Four tables of groups and ages, one of tickets: nothing but their own numbers of columns.
  for (const size_t count : borders) {
    EXPECT_TRUE(count == 6 || count == 3 || count == 7) << count;
  }
  EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
  EXPECT_THAT(markdown, Not(HasSubstr("@all")));
  EXPECT_THAT(markdown, Not(HasSubstr("](http")));
}

TEST(RenderMarkdownTest, TicketKeysStayWhole) {
  BlockerReport report = Sample();
  report.oldest_open[0].ticket = "octo/app!7";
  report.oldest_open[0].title = "see octo/app!7";
  const std::string markdown = RenderMarkdown(report, Language::kEnglish);
  EXPECT_THAT(markdown, HasSubstr("| octo/app!7 |"));
  EXPECT_THAT(markdown, Not(HasSubstr("see octo/app!7")));
}

TEST(RenderMarkdownTest, AgesAreWords) {
  EXPECT_THAT(RenderMarkdown(Sample(), Language::kEnglish),
              AllOf(HasSubstr("| under 1 day |"), HasSubstr("| 3-7 days | 1 |"),
                    HasSubstr("| over 30 days |")));
  EXPECT_THAT(RenderMarkdown(Sample(), Language::kChinese),
              AllOf(HasSubstr("| 不足 1 天 |"), HasSubstr("| 超过 30 天 |")));
}

TEST(RenderMarkdownTest, SpeaksChinese) {
  const std::string markdown = RenderMarkdown(Sample(), Language::kChinese);
  EXPECT_THAT(markdown, HasSubstr("# acme 阻塞报告"));
  EXPECT_THAT(markdown, HasSubstr("跨团队"));
  EXPECT_THAT(markdown, HasSubstr("4天"));
}

TEST(RenderJsonTest, CarriesTheWholeReport) {
  const auto json = nlohmann::json::parse(RenderJson(Sample()));
  EXPECT_EQ(json["tenant"], "acme");
  EXPECT_EQ(json["start_time"], "2026-01-01T00:00:00+00:00");
  EXPECT_EQ(json["total"]["blocked_seconds"], 5 * 86400);
  EXPECT_EQ(json["by_category"][1]["key"], "CROSS_TEAM");
  EXPECT_EQ(json["by_category"][1]["open"], 1);
  EXPECT_EQ(json["by_age"].size(), 6u);
  EXPECT_EQ(json["time_to_unblock"]["p85_seconds"], 86400);
  EXPECT_EQ(json["oldest_open"][0]["waiting_on"], "法务");
  EXPECT_EQ(json["oldest_open"][0]["reason"], "APPROVAL_OR_SIGN_OFF");
}

TEST(RenderJsonTest, NothingResolvedIsNull) {
  BlockerReport report = Sample();
  report.time_to_unblock.reset();
  EXPECT_TRUE(nlohmann::json::parse(RenderJson(report))["time_to_unblock"].is_null());
}

TEST(RenderJsonTest, InvalidUtf8IsReplaced) {
  BlockerReport report = Sample();
  report.oldest_open[0].title = "\xff";
  EXPECT_EQ(nlohmann::json::parse(RenderJson(report))["oldest_open"][0]["title"], "\uFFFD");
}

TEST(RenderEffectsTest, WhichStepWasFollowedByResolutionIsATable) {
  BlockerReport report = Sample();
  report.escalation_effects = {{1, Reason::kApprovalOrSignOff, "a|chat", 4, 1, 2, 0, Days(2)},
                               {2, Reason::kUnspecified, "mail", 1, 0, 0, 0, std::nullopt}};
  const std::string markdown = RenderMarkdown(report, Language::kEnglish);
  EXPECT_THAT(markdown, HasSubstr("| step | reason | by | told | then resolved | next step |"));
  EXPECT_THAT(markdown, HasSubstr("| 4 | 1 (25%) | 2 | 2d |"));
  EXPECT_THAT(markdown, Not(HasSubstr("a|chat"))) << "a row stays a row";
  EXPECT_THAT(RenderTable(report, Language::kChinese), HasSubstr("随后解除"));
  const auto json = nlohmann::json::parse(RenderJson(report));
  EXPECT_EQ(json["escalation_effects"][0]["median_seconds_to_resolve"], 2 * 86400);
  EXPECT_TRUE(json["escalation_effects"][1]["median_seconds_to_resolve"].is_null());
}

}  // namespace
}  // namespace clearway
