#include "service/escalation/quote.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t kPlenty = 1000;

struct LiveCase {
  const char* name;
  const char* text;
  // What must not be left in the quote.
  const char* live;
};

class LiveTextTest : public ::testing::TestWithParam<LiveCase> {};

TEST_P(LiveTextTest, IsBroken) {
  EXPECT_THAT(Quote(GetParam().text, kPlenty), Not(HasSubstr(GetParam().live)));
}

TEST_P(LiveTextTest, LosesNothingThatPeopleSee) {
  std::string seen = Quote(GetParam().text, kPlenty);
  for (size_t at = seen.find("\u200B"); at != std::string::npos; at = seen.find("\u200B")) {
    seen.erase(at, std::string("\u200B").size());
  }
  EXPECT_EQ(seen, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, LiveTextTest,
    ::testing::Values(
        LiveCase{"All", "ping @all now", "@all"}, LiveCase{"Here", "@here", "@here"},
        LiveCase{"Name", "ask @dana-k", "@dana"}, LiveCase{"NameInChinese", "请@张三看一下", "@张"},
        LiveCase{"AllBehindAWord", "hey@all", "@all"},
        LiveCase{"NameBehindADash", "-@bob.smith", "@bob"},
        LiveCase{"SlackChannel", "<!channel> look", "<!channel"},
        LiveCase{"SlackUser", "<@U123>", "<@U"},
        LiveCase{"FeishuAll", "<at user_id=\"all\"></at>", "<at"},
        LiveCase{"JiraUser", "[~dana]", "[~"}, LiveCase{"Reference", "like #123", "#123"},
        LiveCase{"ReferenceElsewhere", "octo/app#12", "#12"},
        LiveCase{"MergeRequest", "see !45", "!45"}, LiveCase{"Entity", "&#64;all", "&#64;"},
        LiveCase{"NamedEntity", "&commat;all", "&commat;"},
        LiveCase{"DisguisedLink", "[pay here](http://evil)", "]("}),
    [](const auto& test) { return test.param.name; });

TEST(QuoteTest, WhatIsPlainStays) {
  for (const char* text :
       {"", "a", "Month-end close: plants 7, 8 (both)", "法务部 的回复", "a/b"}) {
    EXPECT_EQ(Quote(text, kPlenty), text);
  }
}

TEST(QuoteTest, BlanksOutsideAndInARowGo) {
  for (const char* text : {" a b", "a b ", "a  b", "a \t b", "a\n b"}) {
    EXPECT_EQ(Quote(text, kPlenty), "a b") << '"' << text << '"';
  }
  EXPECT_EQ(Quote(" ", kPlenty), "");
}

TEST(QuoteTest, CommandsDoNotRun) {
  EXPECT_THAT(Quote("/close", kPlenty), Not(::testing::StartsWith("/")));
  EXPECT_THAT(Quote("done\n/close", kPlenty), Not(HasSubstr("\n")));
}

TEST(QuoteTest, BackticksOpenNoCode) { EXPECT_THAT(Quote("```rm", kPlenty), Not(HasSubstr("`"))); }

struct PlainCase {
  const char* name;
  const char* text;
};

class PlainTextTest : public ::testing::TestWithParam<PlainCase> {};

TEST_P(PlainTextTest, StaysAsItIs) { EXPECT_EQ(Quote(GetParam().text, kPlenty), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(All, PlainTextTest,
                         ::testing::Values(PlainCase{"Words", "still nothing from legal (R&D)"},
                                           PlainCase{"Chinese", "法务还没签字！"},
                                           PlainCase{"MailAddress", "mail desk@example.com today"},
                                           PlainCase{"LoneAt", "met @ noon"},
                                           PlainCase{"Less", "a < b"},
                                           PlainCase{"HashWord", "#todo"}, PlainCase{"Empty", ""}),
                         [](const auto& test) { return test.param.name; });

TEST(QuoteTest, StandsOnOneLine) {
  EXPECT_EQ(Quote("  first\r\n\n\tsecond\x01third  ", kPlenty), "first second third");
}

TEST(QuoteTest, IsCutBetweenCharacters) {
  EXPECT_EQ(Quote("abcdef", 4), "abcd…");
  EXPECT_EQ(Quote("abcd", 4), "abcd");
  // Three bytes each: seven hold two.
  EXPECT_EQ(Quote("法务部门", 7), "法务…");
  EXPECT_EQ(Quote("法务部门", 2), "…");
  EXPECT_THAT(Quote(std::string(5000, 'x'), 120), EndsWith("…"));
  EXPECT_LE(Quote(std::string(5000, 'x'), 120).size(), 120 + std::string("…").size());
}

TEST(QuoteTest, KeysStayReferences) {
  EXPECT_EQ(QuoteKey("octo/app#12", kPlenty), "octo/app#12");
  EXPECT_THAT(QuoteKey("@all", kPlenty), Not(HasSubstr("@all")));
}

}  // namespace
}  // namespace clearway
