#include "service/domain/matcher.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool Matches(const Matcher& matcher, std::vector<std::string> labels = {"team-pay", "urgent"}) {
  Blocker blocker;
  blocker.ticket = {"acme", "jira", "PAY-7"};
  blocker.project = "Payments";
  blocker.category = Category::kCrossTeam;
  blocker.reason = Reason::kApprovalOrSignOff;
  blocker.priority = Priority::kHigh;
  blocker.waiting_on = "法务部";
  blocker.language = "zh";
  Ticket ticket;
  ticket.labels = std::move(labels);
  return matcher.Matches({blocker, ticket});
}

Matcher Parsed(const std::string& text) {
  const absl::StatusOr<Matcher> matcher = Matcher::Parse(text);
  EXPECT_THAT(matcher, IsOk()) << text;
  return *matcher;
}

struct MatchCase {
  const char* text;
  bool want;
};

class MatcherTest : public ::testing::TestWithParam<MatchCase> {};

TEST_P(MatcherTest, MatchesWhatItSays) {
  EXPECT_EQ(Matches(Parsed(GetParam().text)), GetParam().want) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(All, MatcherTest,
                         ::testing::ValuesIn(std::vector<MatchCase>{
                             {"tenant = acme", true},
                             {"tenant=acme", true},
                             {"  source   =   \"jira\"  ", true},
                             {"source != jira", false},
                             {"project = Pay", false},
                             {"category = CROSS_TEAM", true},
                             {"category in (TECHNICAL, RESOURCE)", false},
                             {"reason in SPONSOR_MISSING, APPROVAL_OR_SIGN_OFF", true},
                             {"priority in(HIGH,HIGHEST)", true},
                             {"priority != HIGH", false},
                             {"priority = UNSPECIFIED", false},
                             {"labels = urgent", true},
                             {"labels = team", false},
                             {"labels != urgent", false},
                             {"labels != calm", true},
                             {"labels =~ team-.*", true},
                             {"labels =~ team", false},  // anchored at both ends
                             {"labels in (calm, urgent)", true},
                             {"waiting_on =~ '.*法务.*'", true},
                             {"waiting_on =~ 法务|legal", false},
                             {"waiting_on = 法务部", true},
                             {"waiting_on = ''", false},
                             {"project =~ (?i)payments", true},
                             {"language != en", true},
                         }));

TEST(MatcherTest, NoLabelsAreNoneOfAny) {
  EXPECT_FALSE(Matches(Parsed("labels =~ .*"), {}));
  EXPECT_TRUE(Matches(Parsed("labels != urgent"), {}));
}

TEST(MatcherTest, QuotesHoldCommasAndParentheses) {
  const Matcher matcher = Parsed("project in ('a, b', \"c)\", d)");
  EXPECT_THAT(matcher.values(), ElementsAre("a, b", "c)", "d"));
}

struct FaultCase {
  const char* text;
  const char* want;
};

class MatcherFaultTest : public ::testing::TestWithParam<FaultCase> {};

TEST_P(MatcherFaultTest, SaysWhatWasExpected) {
  EXPECT_THAT(Matcher::Parse(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(GetParam().want)))
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(All, MatcherFaultTest,
                         ::testing::ValuesIn(std::vector<FaultCase>{
                             {"", "known: tenant, source"},
                             {"team = a", "asks about \"team\""},
                             {"project", "no operator"},
                             {"project ~ a", "no operator"},
                             {"project india", "no operator"},
                             {"project = 'a", "not closed"},
                             {"project = 'a' b", "cannot be read"},
                             {"project in (a, b", "parenthesis"},
                             {"project in (a,, b)", "empty value"},
                             {"project in (a) b", "cannot be read"},
                             {"category = NOT_BLOCKED", "known: TECHNICAL"},
                             {"reason = LAZINESS", "BUY_IN_MISSING"},
                             {"priority in (HIGH, URGENT)", "known: HIGHEST"},
                             {"waiting_on =~ (legal", "RE2 refuses"},
                             {"waiting_on =~ (a)\\1", "RE2 refuses"},
                         }));

TEST(MatcherTest, LongPatternsAreRefused) {
  EXPECT_THAT(Matcher::Parse("project =~ " + std::string(1025, 'a')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1024")));
}

TEST(MatcherTest, CoversWhatItMatchesToo) {
  EXPECT_TRUE(Parsed("priority in (HIGH, LOW)").Covers(Parsed("priority = HIGH")));
  EXPECT_FALSE(Parsed("priority = HIGH").Covers(Parsed("priority in (HIGH, LOW)")));
  EXPECT_FALSE(Parsed("tenant = a").Covers(Parsed("source = a")));
  EXPECT_TRUE(Parsed("project =~ a.*").Covers(Parsed("project =~ a.*")));
  EXPECT_FALSE(Parsed("project =~ a.*").Covers(Parsed("project != a.*")));
}

}  // namespace
}  // namespace clearway
