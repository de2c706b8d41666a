#include "service/escalation/group_message.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/escalation/planner.h"
#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// 2026-02-05 12:00 UTC, a Thursday.
const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 2, 5, 12), absl::UTCTimeZone());

struct Stuck {
  Blocker blocker;
  Ticket ticket;
};

Stuck Waiting(const std::string& key, int days, Priority priority = Priority::kMedium) {
  Stuck stuck;
  stuck.ticket.key = key;
  stuck.blocker.ticket = {"acme", "jira", key};
  stuck.blocker.title = absl::StrCat("Title of ", key);
  stuck.blocker.project = "PAY";
  stuck.blocker.category = Category::kCrossTeam;
  stuck.blocker.reason = Reason::kApprovalOrSignOff;
  stuck.blocker.waiting_on = "legal";
  stuck.blocker.priority = priority;
  stuck.blocker.spell_time = stuck.blocker.open_time = kNow - absl::Hours(24) * days;
  return stuck;
}

class GroupMessageTest : public ::testing::Test {
 protected:
  std::string Draft(const std::vector<Stuck>& all, const std::string& language) const {
    std::vector<GroupMember> members;
    for (const Stuck& each : all) members.push_back({each.blocker, each.ticket});
    return planner_.DraftGroup(members, language, kNow);
  }

  const Planner planner_{*BuiltInPolicy(), *BuiltInPlaybooks()};
};

// Where `part` stands in `text`; the end when it does not.
size_t At(const std::string& text, const std::string& part) {
  const size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part << " in\n" << text;
  return at;
}

TEST_F(GroupMessageTest, ListsEachWithWhatItNeedsAndSinceWhen) {
  std::vector<Stuck> all = {Waiting("PAY-1", 3), Waiting("PAY-2", 1)};
  all[1].blocker.reason = Reason::kTeamDependency;
  const std::string english = Draft(all, "en");
  EXPECT_THAT(english, AllOf(HasSubstr("2 tickets"), HasSubstr("Hello,"),
                             HasSubstr("PAY-1 \"Title of PAY-1\" (PAY): approval or sign-off "
                                       "missing, since 2 February (3 weekdays).\n"),
                             HasSubstr("PAY-2 \"Title of PAY-2\" (PAY): another team has to "
                                       "deliver, since 4 February (1 weekday)."),
                             HasSubstr("by Tuesday, 10 February")));
  const std::string chinese = Draft(all, "zh");
  EXPECT_THAT(chinese, AllOf(HasSubstr("2 张单"), StartsWith("您好，\n"),
                             HasSubstr("PAY-1“Title of PAY-1”（PAY）：等待审批或签字，从 2 月 2 日"
                                       "起，到现在 3 天（不含周末）。\n"),
                             HasSubstr("等待其他团队交付"), HasSubstr("2 月 10 日（周二）")));
  for (const std::string& text : {english, chinese}) {
    EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
  }
}

TEST_F(GroupMessageTest, WhatHoldsUpMostGoesFirstThenTheMostUrgent) {
  std::vector<Stuck> all = {Waiting("PAY-1", 1, Priority::kLow),
                            Waiting("PAY-2", 1, Priority::kHighest), Waiting("PAY-3", 1)};
  all[2].ticket.links = {{"blocks", "PAY-8"}, {"blocks", "PAY-9"}};
  const std::string draft = Draft(all, "en");
  EXPECT_LT(At(draft, "- PAY-3"), At(draft, "- PAY-2"));
  EXPECT_LT(At(draft, "- PAY-2"), At(draft, "- PAY-1"));
  EXPECT_THAT(draft, HasSubstr("It also holds up 2 other tickets (PAY-8, PAY-9)."));
  EXPECT_THAT(draft, HasSubstr("PAY-3 would help most"));
}

TEST_F(GroupMessageTest, WhatTheGraphTellsGoesBeforeTheOwnLinks) {
  const Stuck one = Waiting("PAY-1", 2);
  const Stuck two = Waiting("PAY-2", 2);
  const Dependants many{14, {"APP-3"}, absl::Hours(240)};
  const std::string draft = planner_.DraftGroup(
      {{one.blocker, one.ticket}, {two.blocker, two.ticket, &many}}, "en", kNow);
  EXPECT_THAT(draft, HasSubstr("14 other tickets (APP-3 …)"));
  EXPECT_LT(At(draft, "- PAY-2"), At(draft, "- PAY-1"));
}

TEST_F(GroupMessageTest, ALongListIsCutAndCounted) {
  std::vector<Stuck> all;
  for (int i = 0; i < 13; ++i) all.push_back(Waiting(absl::StrCat("PAY-", 100 + i), 2));
  const std::string draft = Draft(all, "en");
  EXPECT_THAT(draft, AllOf(HasSubstr("13 tickets"), HasSubstr("PAY-109"), HasSubstr("3 more"),
                           Not(HasSubstr("PAY-110"))));
  EXPECT_THAT(Draft(all, "zh"), HasSubstr("另外还有 3 张"));
}

TEST_F(GroupMessageTest, OneIsNotCalledSeveral) {
  const std::string draft = Draft({Waiting("PAY-1", 3)}, "en");
  EXPECT_THAT(draft, AllOf(HasSubstr("PAY-1"), Not(HasSubstr("tickets")),
                           Not(HasSubstr("would help most"))));
  EXPECT_EQ(draft.find("\n\n\n"), std::string::npos);
}

TEST_F(GroupMessageTest, NothingIsSaidAboutNothing) {
  EXPECT_EQ(Draft({}, "en"), "");
  Stuck moving = Waiting("PAY-1", 3);
  moving.blocker.category = Category::kNotBlocked;
  moving.blocker.reason = Reason::kUnspecified;
  EXPECT_EQ(Draft({moving}, "en"), "");
}

TEST_F(GroupMessageTest, TicketTextMentionsNobodyAndIsNotExpanded) {
  Stuck one = Waiting("PAY-1", 3);
  one.blocker.title = "@all {count}";
  EXPECT_THAT(Draft({one, Waiting("PAY-2", 3)}, "en"),
              AllOf(HasSubstr("{count}"), Not(HasSubstr("@all"))));
}

}  // namespace
}  // namespace clearway
