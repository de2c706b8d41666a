#include "service/escalation/planner.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::SizeIs;

// 2026-02-02 02:40:00 UTC.
constexpr absl::Time kOpened = absl::FromUnixSeconds(1'770'000'000);
constexpr absl::Duration kDay = absl::Hours(24);

EscalationPolicy SomePolicy() {
  using enum EscalationTarget;
  return {{
      {.name = "sponsors",
       .priorities = {},
       .categories = {},
       .reasons = {Reason::kSponsorMissing},
       .steps = {{2 * kDay, kManager, "meeting"}}},
      {.name = "urgent-technical",
       .priorities = {Priority::kHigh, Priority::kHighest},
       .categories = {Category::kTechnical},
       .reasons = {},
       .steps = {{absl::Hours(1), kParty, "ticket"}}},
      {.name = "cross-team",
       .priorities = {},
       .categories = {Category::kCrossTeam},
       .reasons = {},
       .steps = {{kDay, kParty, "ticket"},
                 {3 * kDay, kTeamLead, "chat"},
                 {5 * kDay, kManager, "mail"},
                 {9 * kDay, kSponsor, "meeting"}}},
  }};
}

Playbook SomePlaybook(const std::string& language) {
  const bool chinese = language == "zh";
  return {.default_party = chinese ? "审批人" : "the approver",
          .steps = {chinese ? "找{party}" : "ask {party}", "look at {ticket}"},
          .nudge = "nudge {ticket} \"{title}\" {party} {age} {since} {project}",
          .escalation = "escalation {ticket} \"{title}\" {party} {age} {since} {project}",
          .rationale = chinese ? "因为{party}。" : "For {party}."};
}

Playbooks SomePlaybooks() {
  Playbooks playbooks;
  for (const std::string language : {"en", "zh"}) {
    for (const Reason reason :
         {Reason::kApprovalOrSignOff, Reason::kSponsorMissing, Reason::kDefect}) {
      playbooks.by_reason[{reason, language}] = SomePlaybook(language);
    }
  }
  playbooks.roles["en"] = {"the lead", "the manager", "the sponsor"};
  playbooks.roles["zh"] = {"负责人", "主管", "领导"};
  return playbooks;
}

class PlannerTest : public ::testing::Test {
 protected:
  PlannerTest() {
    blocker_.id = 12;
    blocker_.ticket = {"acme", "jira", "PAY-7"};
    blocker_.title = "Ship the new terms";
    blocker_.project = "Pay";
    blocker_.category = Category::kCrossTeam;
    blocker_.reason = Reason::kApprovalOrSignOff;
    blocker_.waiting_on = "legal";
    blocker_.priority = Priority::kHigh;
    blocker_.language = "en";
    blocker_.open_time = kOpened;
    blocker_.spell_time = kOpened;
  }

  std::vector<Escalation> Plan() const { return planner_.Plan(blocker_, ticket_, evidence_, now_); }
  // 0: none is due.
  int LevelDue(absl::Time at) const {
    return planner_.Due(blocker_, ticket_, at).value_or(DueStep()).level;
  }

  const Planner planner_{SomePolicy(), SomePlaybooks()};
  Blocker blocker_;
  Ticket ticket_;
  std::vector<Evidence> evidence_;
  absl::Time now_ = kOpened + 3 * kDay;
};

TEST_F(PlannerTest, HoldsTheWholeLadder) {
  const std::vector<Escalation> plan = Plan();
  ASSERT_THAT(plan, SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(plan[i].level, i + 1);
    EXPECT_EQ(plan[i].id, 0);
    EXPECT_EQ(plan[i].blocker_id, 12);
    EXPECT_EQ(plan[i].ticket, blocker_.ticket);
    EXPECT_EQ(plan[i].policy, "cross-team");
    EXPECT_EQ(plan[i].category, Category::kCrossTeam);
    EXPECT_EQ(plan[i].reason, Reason::kApprovalOrSignOff);
    EXPECT_FALSE(plan[i].create_time.has_value());
  }
  EXPECT_EQ(plan[1].channel, "chat");
  EXPECT_EQ(plan[3].channel, "meeting");
}

TEST_F(PlannerTest, TurnsToThePartyOfTheTicketThenToRoles) {
  const std::vector<Escalation> plan = Plan();
  ASSERT_THAT(plan, SizeIs(4));
  EXPECT_EQ(plan[0].target, "legal");
  EXPECT_EQ(plan[1].target, "the lead");
  EXPECT_EQ(plan[2].target, "the manager");
  EXPECT_EQ(plan[3].target, "the sponsor");
}

TEST_F(PlannerTest, WhereTheTicketNamesNobodyThePlaybookDoes) {
  blocker_.waiting_on.clear();
  ASSERT_THAT(Plan(), SizeIs(4));
  EXPECT_EQ(Plan()[0].target, "the approver");
  EXPECT_THAT(Plan()[0].draft_message, HasSubstr("the approver"));
}

TEST_F(PlannerTest, ChineseTicketsGetChineseTextsAndRoles) {
  blocker_.language = "zh";
  blocker_.waiting_on.clear();
  const std::vector<Escalation> plan = Plan();
  ASSERT_THAT(plan, SizeIs(4));
  EXPECT_EQ(plan[0].language, "zh");
  EXPECT_EQ(plan[0].target, "审批人");
  EXPECT_EQ(plan[1].target, "负责人");
  EXPECT_EQ(plan[0].steps[0], "找审批人");
  EXPECT_THAT(plan[0].draft_message, HasSubstr("3 天"));
  EXPECT_THAT(plan[0].rationale, HasSubstr("因为审批人。"));
  EXPECT_THAT(plan[0].rationale, HasSubstr("3 天"));
}

TEST_F(PlannerTest, UnknownLanguagesGetEnglish) {
  blocker_.language = "und";
  ASSERT_THAT(Plan(), SizeIs(4));
  EXPECT_EQ(Plan()[0].language, "en");
  EXPECT_EQ(Plan()[1].target, "the lead");
}

TEST_F(PlannerTest, TheFirstStepNudgesAndLaterOnesEscalate) {
  const std::vector<Escalation> plan = Plan();
  ASSERT_THAT(plan, SizeIs(4));
  EXPECT_EQ(plan[0].draft_message,
            "nudge PAY-7 \"Ship the new terms\" legal 3 weekdays 2 February Pay");
  EXPECT_EQ(plan[1].draft_message,
            "escalation PAY-7 \"Ship the new terms\" legal 3 weekdays 2 February Pay");
  EXPECT_EQ(plan[3].draft_message, plan[1].draft_message);
}

TEST_F(PlannerTest, CountsFromThePresentSpell) {
  blocker_.spell_time = kOpened + 2 * kDay;
  const std::vector<Escalation> plan = Plan();
  ASSERT_THAT(plan, SizeIs(4));
  EXPECT_EQ(plan[0].due_time, kOpened + 3 * kDay);
  EXPECT_EQ(plan[3].due_time, kOpened + 11 * kDay);
  EXPECT_THAT(plan[0].draft_message, HasSubstr("1 weekday 4 February"));
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, kOpened), Optional(Eq(kOpened + 3 * kDay)));
}

TEST_F(PlannerTest, TheFirstLadderThatMatchesIsUsed) {
  blocker_.reason = Reason::kSponsorMissing;
  ASSERT_THAT(Plan(), SizeIs(1));
  EXPECT_EQ(Plan()[0].policy, "sponsors");
  EXPECT_EQ(Plan()[0].target, "the manager");
}

TEST_F(PlannerTest, AllMatchersOfALadderMustMatch) {
  blocker_.category = Category::kTechnical;
  blocker_.reason = Reason::kDefect;
  ASSERT_THAT(Plan(), SizeIs(1));
  EXPECT_EQ(Plan()[0].policy, "urgent-technical");
  blocker_.priority = Priority::kLow;
  EXPECT_THAT(Plan(), IsEmpty());
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
}

TEST_F(PlannerTest, NothingIsPlannedForWhatIsNotBlocked) {
  for (const Category category :
       {Category::kUnspecified, Category::kNotBlocked, Category::kNeedsReview}) {
    blocker_.category = category;
    blocker_.reason = Reason::kSponsorMissing;
    EXPECT_THAT(Plan(), IsEmpty());
    EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
  }
}

TEST_F(PlannerTest, NothingIsPlannedOnceResolved) {
  blocker_.state = BlockerState::kResolved;
  EXPECT_THAT(Plan(), IsEmpty());
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
}

TEST_F(PlannerTest, NothingIsPlannedWithoutAPlaybook) {
  blocker_.reason = Reason::kUnspecified;
  EXPECT_THAT(Plan(), IsEmpty());
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
}

TEST_F(PlannerTest, NextDueIsTheStepAboveTheLevel) {
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, kOpened), Optional(Eq(kOpened + kDay)));
  blocker_.state = BlockerState::kEscalated;
  blocker_.escalation_level = 1;
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, kOpened), Optional(Eq(kOpened + 3 * kDay)));
  blocker_.escalation_level = 3;
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, kOpened), Optional(Eq(kOpened + 9 * kDay)));
}

TEST_F(PlannerTest, NothingIsDueAtTheEndOfTheLadder) {
  blocker_.state = BlockerState::kEscalated;
  blocker_.escalation_level = 4;
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
  // A policy that lost steps since.
  blocker_.escalation_level = 9;
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
}

TEST_F(PlannerTest, OneLevelIsAsInTheWholeLadder) {
  const std::vector<Escalation> plan = Plan();
  for (int level = 1; level <= 4; ++level) {
    EXPECT_THAT(planner_.PlanLevel(blocker_, ticket_, level, evidence_, now_),
                Optional(Eq(plan[level - 1])));
  }
  EXPECT_EQ(planner_.PlanLevel(blocker_, ticket_, 0, evidence_, now_), std::nullopt);
  EXPECT_EQ(planner_.PlanLevel(blocker_, ticket_, 5, evidence_, now_), std::nullopt);
}

TEST_F(PlannerTest, TheHighestStepThatFellDueIsTheDueLevel) {
  EXPECT_EQ(LevelDue(kOpened + kDay - absl::Seconds(1)), 0);
  EXPECT_EQ(LevelDue(kOpened + kDay), 1);
  EXPECT_EQ(LevelDue(kOpened + 30 * kDay), 4);
  blocker_.escalation_level = 4;
  EXPECT_EQ(LevelDue(kOpened + 30 * kDay), 0);
}

TEST_F(PlannerTest, AnAcknowledgedBlockerRests) {
  EXPECT_EQ(LevelDue(kOpened + kDay), 1);
  blocker_.state = BlockerState::kAcknowledged;
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, kOpened), std::nullopt);
  EXPECT_EQ(LevelDue(kOpened + kDay), 0);
  EXPECT_THAT(Plan(), SizeIs(4));
}

TEST_F(PlannerTest, TheRationaleTellsPolicyStepAgePriorityAndCause) {
  const std::string rationale = Plan()[1].rationale;
  EXPECT_THAT(rationale, HasSubstr("Step 2 of 4"));
  for (const char* part :
       {"cross-team", "3 weekdays", "2 February", "high", "approval", "For legal."}) {
    EXPECT_THAT(rationale, HasSubstr(part));
  }
}

TEST_F(PlannerTest, TheStrongestEvidenceIsQuotedShort) {
  evidence_ = {{.field = "title", .begin = 0, .end = 4, .text = "weak", .weight = 0.5},
               {.field = "comments[0]",
                .begin = 0,
                .end = 400,
                .text = "still nothing from legal " + std::string(300, 'x'),
                .weight = 2}};
  const std::string rationale = Plan()[0].rationale;
  EXPECT_THAT(rationale, HasSubstr("\"still nothing from legal xxx"));
  EXPECT_THAT(rationale, Not(HasSubstr("weak")));
  EXPECT_THAT(rationale, Not(HasSubstr(std::string(120, 'x'))));
}

TEST_F(PlannerTest, TicketTextMentionsNobody) {
  blocker_.title = "@all please <!channel> see #12\n/close";
  blocker_.project = "@here";
  blocker_.waiting_on = "@dana and [~bob]";
  evidence_ = {{.field = "title", .begin = 0, .end = 8, .text = "ask @erin", .weight = 1}};
  for (const Escalation& step : Plan()) {
    for (const std::string& text :
         {step.draft_message, step.rationale, step.steps[0], step.steps[1]}) {
      for (const char* live : {"@all", "<!channel", "#12", "\n", "@here", "@dana", "[~", "@erin"}) {
        EXPECT_THAT(text, Not(HasSubstr(live)));
      }
    }
  }
}

TEST_F(PlannerTest, TicketTextIsNotExpanded) {
  blocker_.title = "{party} {age}";
  ASSERT_THAT(Plan(), SizeIs(4));
  EXPECT_THAT(Plan()[0].draft_message, HasSubstr("\"{party} {age}\""));
}

TEST_F(PlannerTest, MissingTitleAndProjectGetWords) {
  blocker_.title.clear();
  blocker_.project.clear();
  EXPECT_THAT(Plan()[0].draft_message, HasSubstr("\"untitled\""));
  EXPECT_THAT(Plan()[0].draft_message, HasSubstr("this project"));
  blocker_.language = "zh";
  EXPECT_THAT(Plan()[0].draft_message, HasSubstr("\"无标题\""));
}

TEST_F(PlannerTest, PlanningTwiceGivesTheSame) { EXPECT_EQ(Plan(), Plan()); }

}  // namespace
}  // namespace clearway
