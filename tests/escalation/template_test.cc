#include "service/escalation/template.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::HasSubstr;

TemplateFacts SomeFacts() {
  return {.ticket = "PAY-7",
          .title = "Ship it",
          .party = "legal",
          .age = "3 days",
          .since = "2026-02-01",
          .project = "Pay"};
}

TEST(TemplateTest, EveryFactIsPutIn) {
  const absl::string_view text = "{ticket}|{title}|{party}|{age}|{since}|{project}";
  EXPECT_THAT(CheckTemplate(text), IsOk());
  EXPECT_EQ(RenderTemplate(text, SomeFacts()), "PAY-7|Ship it|legal|3 days|2026-02-01|Pay");
}

TEST(TemplateTest, TextAroundFactsStays) {
  EXPECT_EQ(RenderTemplate("问{party}，{party}！", SomeFacts()), "问legal，legal！");
  EXPECT_EQ(RenderTemplate("no facts", SomeFacts()), "no facts");
  EXPECT_EQ(RenderTemplate("", SomeFacts()), "");
}

TEST(TemplateTest, BracesInFactsAreNotExpanded) {
  TemplateFacts facts = SomeFacts();
  facts.title = "{party} {title} {";
  facts.party = "{ticket}";
  EXPECT_EQ(RenderTemplate("<{title}> <{party}>", facts), "<{party} {title} {> <{ticket}>");
}

struct BadTemplateCase {
  const char* name;
  const char* text;
  const char* named;
};

class BadTemplateTest : public ::testing::TestWithParam<BadTemplateCase> {};

TEST_P(BadTemplateTest, IsRefusedByName) {
  EXPECT_THAT(CheckTemplate(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().named)));
}

TEST_P(BadTemplateTest, StaysAsItIsWhenRendered) {
  EXPECT_EQ(RenderTemplate(GetParam().text, SomeFacts()), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(All, BadTemplateTest,
                         ::testing::Values(BadTemplateCase{"UnknownFact", "ask {whom} now",
                                                           "\"{whom}\""},
                                           BadTemplateCase{"WrongCase", "{Party}", "\"{Party}\""},
                                           BadTemplateCase{"Blank", "{ party }", "\"{ party }\""},
                                           BadTemplateCase{"Empty", "{}", "\"{}\""},
                                           BadTemplateCase{"Unclosed", "ask {party", "\"{\""},
                                           BadTemplateCase{"Closing", "ask party}", "\"}\""}),
                         [](const auto& test) { return test.param.name; });

TEST(TemplateTest, ABraceAfterAGoodOneIsFound) {
  EXPECT_THAT(CheckTemplate("{party} and {nobody}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("{nobody}")));
  EXPECT_THAT(CheckTemplate("{{party}}"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace clearway
