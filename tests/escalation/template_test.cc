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
  TemplateFacts facts;
  facts.ticket = "PAY-7";
  facts.title = "Ship it";
  facts.party = "legal";
  facts.age = "3 days";
  facts.since = "1 February";
  facts.project = "Pay";
  return facts;
}

TEST(TemplateTest, EveryFactIsPutIn) {
  const absl::string_view text = "{ticket}|{title}|{party}|{age}|{since}|{project}";
  EXPECT_THAT(CheckTemplate(text), IsOk());
  EXPECT_EQ(Template(text).Render(SomeFacts()), "PAY-7|Ship it|legal|3 days|1 February|Pay");
}

TEST(TemplateTest, TextAroundFactsStays) {
  EXPECT_EQ(Template("问{party}，{party}！").Render(SomeFacts()), "问legal，legal！");
  EXPECT_EQ(Template("no facts").Render(SomeFacts()), "no facts");
  EXPECT_EQ(Template("").Render(SomeFacts()), "");
}

TEST(TemplateTest, BracesInFactsAreNotExpanded) {
  TemplateFacts facts = SomeFacts();
  facts.title = "{party} {title} {";
  facts.party = "{ticket}";
  EXPECT_EQ(Template("<{title}> <{party}>").Render(facts), "<{party} {title} {> <{ticket}>");
}

struct MissingCase {
  const char* name;
  const char* text;
  const char* rendered;
};

class MissingFactTest : public ::testing::TestWithParam<MissingCase> {};

// Nobody has said who waits, what hangs on it and what it costs.
TEST_P(MissingFactTest, TakesItsSentenceAlong) {
  EXPECT_EQ(Template(GetParam().text).Render(SomeFacts()), GetParam().rendered);
}

INSTANTIATE_TEST_SUITE_P(
    All, MissingFactTest,
    ::testing::Values(
        MissingCase{"First", "{waiter} waits. {ticket} is stuck.", "PAY-7 is stuck."},
        MissingCase{"Middle", "It is stuck. {waiter} waits! Can you help?",
                    "It is stuck. Can you help?"},
        MissingCase{"Last", "It is stuck. {waiter} waits.", "It is stuck."},
        MissingCase{"AloneAtTheEnd", "It is stuck. {effect}", "It is stuck."},
        MissingCase{"OneOfTwoFacts", "{ticket} costs {cost}. So be it.", "So be it."},
        MissingCase{"Chinese", "停了 {age}。{waiter}在等。能帮忙吗？", "停了 3 days。能帮忙吗？"},
        MissingCase{"InQuotes", "It says: \"{quote}\". Well.", "Well."},
        MissingCase{"AfterAQuotedEnd", "He said \"no.\" {waiter} waits.", "He said \"no.\""},
        MissingCase{"AShortFormEndsNothing", "Ask e.g. those who know {waiter}. Thanks.",
                    "Thanks."},
        MissingCase{"ANumberEndsNothing", "Version 1.2 costs {cost}. Thanks.", "Thanks."},
        MissingCase{"ALine", "One\n{waiter}\nTwo", "One\nTwo"},
        MissingCase{"AParagraph", "One\n\n{waiter}\n\nTwo", "One\n\nTwo"},
        MissingCase{"TheLastParagraph", "One\n\n{waiter}", "One"},
        MissingCase{"All", "{waiter}", ""}),
    [](const auto& test) { return test.param.name; });

TEST(TemplateTest, AFactMayHoldWholeSentences) {
  TemplateFacts facts = SomeFacts();
  facts.title = "Stop. Now? {waiter}";
  EXPECT_EQ(Template("\"{title}\" is stuck. {waiter}").Render(facts),
            "\"Stop. Now? {waiter}\" is stuck.");
}

TEST(TemplateTest, FactsStandWhereTheyMeanSomething) {
  EXPECT_THAT(CheckTemplate("{effect}", TextPlace::kPlaybook), IsOk());
  EXPECT_THAT(CheckTemplate("{more} of {count}", TextPlace::kGroup), IsOk());
  EXPECT_THAT(CheckTemplate("{name}", TextPlace::kHello), IsOk());
  EXPECT_THAT(CheckTemplate("{effect}", TextPlace::kShared),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("{effect}")));
  EXPECT_THAT(CheckTemplate("{count}", TextPlace::kPlaybook),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("{count}")));
  EXPECT_THAT(CheckTemplate("{ticket}", TextPlace::kHello),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("known are {name}")));
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
  EXPECT_EQ(Template(GetParam().text).Render(SomeFacts()), GetParam().text);
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
