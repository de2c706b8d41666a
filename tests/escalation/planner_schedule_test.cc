// What calendars, quiet hours, mutes, groups and snoozes make of a plan.
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/escalation/planner.h"
#include "service/escalation/policy_loader.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr char kPolicy[] = R"(calendars:
  - name: office
    time_zone: Asia/Shanghai
    week: [{days: [MON, TUE, WED, THU, FRI], hours: ["09:00-12:00", "13:00-18:00"]}]
    holidays: ["2026-10-01..2026-10-07"]
quiet_hours:
  - {name: office-hours, outside: office}
ladders:
  - name: business
    clock: BUSINESS
    calendar: office
    steps:
      - {after: 4h, target: PARTY, channel: chat}
      - {after: 2d, target: TEAM_LEAD, channel: chat}
  - name: wall
    steps:
      - {after: 4h, target: PARTY, channel: chat}
      - {after: 2d, target: TEAM_LEAD, channel: chat}
route:
  ladder: business
  routes:
    - match: [labels = wall]
      ladder: wall
      quiet_hours: office-hours
    - match: [labels = grouped]
      ladder: wall
      group: {by: WAITING_ON, interval: 1d}
    - match: [labels = crowded]
      ladder: wall
      group: {by: WAITING_ON, interval: 7d}
    - match: [labels = limited]
      rate_limit: {count: 3, window: 1d}
    - match: [labels = silent]
      ladder: none
mutes:
  - name: freeze
    begin_time: "2026-09-21T10:00:00+08:00"
    end_time: "2026-09-22T20:00:00+08:00"
    match: [tenant = frozen]
)";

class PlannerScheduleTest : public ::testing::Test {
 protected:
  PlannerScheduleTest() {
    EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone_));
    blocker_.id = 12;
    blocker_.ticket = {"acme", "jira", "PAY-7"};
    blocker_.project = "PAY";
    blocker_.category = Category::kCrossTeam;
    blocker_.reason = Reason::kApprovalOrSignOff;
    blocker_.waiting_on = "Legal";
    blocker_.priority = Priority::kHigh;
    blocker_.language = "en";
    Open(At(9, 21, 16));
  }

  static Planner Made() {
    absl::StatusOr<EscalationPolicy> policy = ParsePolicy(kPolicy, "p.yaml");
    EXPECT_THAT(policy, testing::IsOk());
    return Planner(*std::move(policy), *BuiltInPlaybooks());
  }

  absl::Time At(int month, int day, int hour, int minute = 0) const {
    return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), zone_);
  }
  void Open(absl::Time time) { blocker_.open_time = blocker_.spell_time = time; }
  std::vector<Escalation> Plan() const {
    return planner_.Plan(blocker_, ticket_, {}, blocker_.spell_time);
  }
  absl::Time Due(size_t level) const { return Plan().at(level - 1).due_time; }
  // 0: none is due.
  int LevelDue(absl::Time at) const {
    return planner_.Due(blocker_, ticket_, at).value_or(DueStep()).level;
  }

  absl::TimeZone zone_;
  const Planner planner_ = Made();
  Blocker blocker_;
  Ticket ticket_;
};

TEST_F(PlannerScheduleTest, BusinessTimePassesInWorkingHoursOnly) {
  // Monday 16:00: two hours that day, two the next morning.
  EXPECT_EQ(Due(1), At(9, 22, 11));
  EXPECT_EQ(Due(2), At(9, 23, 16));
  // Over the national holiday.
  Open(At(9, 30, 16));
  EXPECT_EQ(Due(1), At(10, 8, 11));
}

TEST_F(PlannerScheduleTest, QuietHoursPutAStepOffToTheNextOpening) {
  ticket_.labels = {"wall"};
  EXPECT_EQ(Due(1), At(9, 22, 9)) << "20:00 is quiet";
  EXPECT_EQ(Due(2), At(9, 23, 16));
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, At(9, 21, 17)), Optional(Eq(At(9, 22, 9))));
  EXPECT_EQ(LevelDue(At(9, 22, 8, 59)), 0);
  EXPECT_EQ(LevelDue(At(9, 22, 9)), 1);
}

TEST_F(PlannerScheduleTest, AStepThatWasMissedIsNotTakenInQuietHoursEither) {
  ticket_.labels = {"wall"};
  EXPECT_EQ(LevelDue(At(9, 22, 23)), 0);
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, At(9, 22, 23)), Optional(Eq(At(9, 23, 9))));
}

TEST_F(PlannerScheduleTest, AMuteHoldsBackWhatItMatches) {
  blocker_.ticket.tenant = "frozen";
  Open(At(9, 21, 9));
  EXPECT_EQ(Due(1), At(9, 22, 20));
  EXPECT_EQ(LevelDue(At(9, 22, 19)), 0);
  EXPECT_EQ(LevelDue(At(9, 22, 20)), 2) << "of both the higher";
  blocker_.ticket.tenant = "acme";
  EXPECT_EQ(Due(1), At(9, 21, 14));
}

TEST_F(PlannerScheduleTest, StepsToOnePartyFallDueTogether) {
  ticket_.labels = {"grouped"};
  EXPECT_EQ(Due(1), At(9, 22, 8)) << "midnight UTC";
  const std::string group = Plan()[0].group;
  EXPECT_EQ(group, "party/legal/chat/2026-09-22T00:00Z");
  EXPECT_EQ(Plan()[1].group, "") << "a role is another one everywhere";
  // Another blocker that waits on the same party.
  Open(At(9, 21, 11));
  blocker_.ticket.key = "PAY-8";
  blocker_.waiting_on = "the legal";
  EXPECT_EQ(Plan()[0].group, group);
  blocker_.waiting_on = "sales";
  EXPECT_NE(Plan()[0].group, group);
  blocker_.waiting_on.clear();
  EXPECT_EQ(Plan()[0].group, "");
  EXPECT_EQ(Due(1), At(9, 21, 15)) << "nobody to tell it to together";
}

TEST_F(PlannerScheduleTest, TheSweepGroupsByWhomTheDirectoryNames) {
  Directory directory;
  DirectoryParty legal;
  legal.self = {"Legal", "@desk", "mail", ""};
  legal.aliases = {"法务部"};
  legal.lead = {"Dana Fox", "@dana", "meeting", ""};
  ASSERT_EQ(directory.Add(legal), "");
  const Planner planner(*ParsePolicy(kPolicy, "p.yaml"), *BuiltInPlaybooks(), directory);
  const auto due = [&](absl::Time at) { return planner.Due(blocker_, ticket_, at); };
  ticket_.labels = {"grouped"};
  EXPECT_EQ(due(At(9, 22, 7)), std::nullopt);
  const absl::Time told = At(9, 23, 9);
  const Escalation step = *planner.PlanLevel(blocker_, ticket_, 1, {}, told);
  EXPECT_EQ(step.channel, "mail");
  EXPECT_EQ(step.group, "party/legal/mail/2026-09-23T00:00Z") << "late, with what is due then";
  EXPECT_EQ(due(told)->group, step.group);
  EXPECT_EQ(due(told)->recipient, step.recipient);
  EXPECT_TRUE(due(told)->terms.to_party);
  EXPECT_EQ(due(told)->terms.interval, absl::Hours(24));
  blocker_.waiting_on = "法务部";
  EXPECT_EQ(due(told)->group, step.group) << "one for all aliases";
  EXPECT_EQ(due(At(9, 23, 16))->group, "party/dana fox/meeting/legal");
  EXPECT_FALSE(due(At(9, 23, 16))->terms.to_party);
}

TEST_F(PlannerScheduleTest, AGroupDoesNotPutAStepOffPastTheNext) {
  ticket_.labels = {"crowded"};
  EXPECT_EQ(Due(1), At(9, 21, 20));
  EXPECT_EQ(Due(2), At(9, 23, 16));
}

TEST_F(PlannerScheduleTest, SnoozedTimeDoesNotCount) {
  blocker_.state = BlockerState::kSnoozed;
  blocker_.snoozes = {{At(9, 21, 17), At(9, 24, 9)}};
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, At(9, 22, 9)), Optional(Eq(At(9, 24, 9))));
  EXPECT_EQ(LevelDue(At(9, 30, 9)), 0) << "until woken";
  // An hour before the snooze and three after it.
  EXPECT_EQ(Due(1), At(9, 24, 12));
  blocker_.state = BlockerState::kOpen;
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, At(9, 24, 9)), Optional(Eq(At(9, 24, 12))));
}

TEST_F(PlannerScheduleTest, ASnoozeEndsWhateverThePolicySays) {
  ticket_.labels = {"silent"};
  EXPECT_THAT(Plan(), IsEmpty());
  EXPECT_EQ(planner_.NextDue(blocker_, ticket_, At(9, 21, 17)), std::nullopt);
  blocker_.state = BlockerState::kSnoozed;
  blocker_.snoozes = {{At(9, 21, 17), At(9, 24, 9)}};
  EXPECT_THAT(planner_.NextDue(blocker_, ticket_, At(9, 21, 17)), Optional(Eq(At(9, 24, 9))));
}

TEST_F(PlannerScheduleTest, TheReporterWhoWaitsIsNotTurnedTo) {
  ticket_.reporter = "@legal";
  EXPECT_NE(Plan()[0].target, "Legal");
  EXPECT_THAT(Plan()[0].recipient, ::testing::StartsWith("usual/"));
  // Where an answer is owed, it may be the reporter's.
  blocker_.category = Category::kCommunication;
  blocker_.reason = Reason::kAwaitingResponse;
  EXPECT_EQ(Plan()[0].target, "Legal");
  EXPECT_EQ(Plan()[0].recipient, "party/legal");
}

TEST_F(PlannerScheduleTest, RecipientsAreOneInAllSpellings) {
  EXPECT_EQ(Plan()[0].recipient, "party/legal");
  EXPECT_EQ(Plan()[1].recipient, "lead/legal");
  blocker_.language = "zh";
  EXPECT_EQ(Plan()[1].recipient, "lead/legal");
  blocker_.waiting_on.clear();
  EXPECT_EQ(Plan()[1].recipient, "team-lead/PAY");
}

TEST_F(PlannerScheduleTest, LimitsComeFromTheRoute) {
  const absl::Time late = At(9, 25, 11);
  EXPECT_EQ(planner_.Due(blocker_, ticket_, late)->terms.limit, RateLimit());
  ticket_.labels = {"limited"};
  EXPECT_EQ(planner_.Due(blocker_, ticket_, late)->terms.limit, (RateLimit{3, absl::Hours(24)}));
}

TEST_F(PlannerScheduleTest, UrgencyCountsWorkingDays) {
  // From Friday evening to Monday morning no working time passes.
  Open(At(9, 25, 18));
  const double before = planner_.UrgencyOf(blocker_, ticket_, At(9, 25, 18));
  EXPECT_DOUBLE_EQ(planner_.UrgencyOf(blocker_, ticket_, At(9, 28, 9)), before);
  EXPECT_GT(planner_.UrgencyOf(blocker_, ticket_, At(9, 28, 10)), before);
  EXPECT_DOUBLE_EQ(planner_.Plan(blocker_, ticket_, {}, At(9, 28, 9))[0].urgency, before);
}

TEST_F(PlannerScheduleTest, TheExplanationSaysWhatThePlanDoes) {
  ticket_.labels = {"wall"};
  const PolicyExplanation explanation = planner_.Explain(blocker_, ticket_, blocker_.spell_time);
  ASSERT_NE(explanation.ladder, nullptr);
  EXPECT_EQ(explanation.ladder->name, "wall");
  EXPECT_EQ(explanation.decision.route, "route.routes[0]");
  ASSERT_THAT(explanation.steps, SizeIs(2));
  EXPECT_EQ(explanation.steps[0].nominal, At(9, 21, 20));
  EXPECT_EQ(explanation.steps[0].due, Due(1));
  EXPECT_THAT(explanation.steps[0].holds, SizeIs(1));
  EXPECT_EQ(explanation.steps[1].due, Due(2));
  EXPECT_THAT(explanation.tried, SizeIs(2));
  ticket_.labels = {"silent"};
  EXPECT_EQ(planner_.Explain(blocker_, ticket_, blocker_.spell_time).ladder, nullptr);
}

}  // namespace
}  // namespace clearway
