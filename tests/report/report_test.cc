#include "service/report/report.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/report/visit_only_store.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
const absl::Time kEnd = kStart + absl::Hours(24 * 30);

absl::Duration Days(int64_t days) { return absl::Hours(24 * days); }

Blocker MakeBlocker(int64_t id, Category category, Reason reason, absl::Time open,
                    std::optional<absl::Time> resolve = std::nullopt) {
  Blocker blocker;
  blocker.id = id;
  blocker.ticket = {"acme", "jira", absl::StrCat("PAY-", id)};
  blocker.project = "pay";
  blocker.category = category;
  blocker.reason = reason;
  blocker.open_time = blocker.spell_time = open;
  blocker.resolve_time = resolve;
  blocker.state = resolve.has_value() ? BlockerState::kResolved : BlockerState::kOpen;
  return blocker;
}

Blocker Technical(int64_t id, absl::Time open, std::optional<absl::Time> resolve = std::nullopt) {
  return MakeBlocker(id, Category::kTechnical, Reason::kDefect, open, resolve);
}
Blocker CrossTeam(int64_t id, absl::Time open, std::optional<absl::Time> resolve = std::nullopt) {
  return MakeBlocker(id, Category::kCrossTeam, Reason::kApprovalOrSignOff, open, resolve);
}

class ReportTest : public ::testing::Test {
 protected:
  BlockerReport Build(std::vector<Blocker> blockers) { return Build(std::move(blockers), ""); }
  BlockerReport Build(std::vector<Blocker> blockers, const std::string& project) {
    store_.blockers = std::move(blockers);
    absl::StatusOr<BlockerReport> report = BuildReport(store_, {"acme", kStart, kEnd, project});
    EXPECT_THAT(report, IsOk());
    return *std::move(report);
  }

  testing::VisitOnlyStore store_;
};

TEST_F(ReportTest, NothingGivesZeroesAndAllAgeClasses) {
  const BlockerReport report = Build({});
  EXPECT_EQ(report.total, BlockerReportGroup());
  EXPECT_EQ(report.non_technical_share, 0);
  EXPECT_EQ(report.non_technical_time_share, 0);
  EXPECT_THAT(report.by_category, IsEmpty());
  EXPECT_EQ(report.time_to_unblock, std::nullopt);
  EXPECT_THAT(
      report.by_age,
      ElementsAre(Field(&BlockerReportGroup::key, "<1d"), Field(&BlockerReportGroup::key, "1-3d"),
                  Field(&BlockerReportGroup::key, "3-7d"), Field(&BlockerReportGroup::key, "7-14d"),
                  Field(&BlockerReportGroup::key, "14-30d"),
                  Field(&BlockerReportGroup::key, ">30d")));
}

TEST_F(ReportTest, SumsOverTheBlockersOfThePeriod) {
  const BlockerReport report = Build({
      // Opened before the period, still open: 30 days blocked within it.
      CrossTeam(1, kStart - Days(5)),
      // Opened and resolved within it: 2 days.
      Technical(2, kStart + Days(1), kStart + Days(3)),
      // Opened before, resolved within: 4 days within it, 10 in all.
      CrossTeam(3, kStart - Days(6), kStart + Days(4)),
  });
  EXPECT_EQ(report.total, (BlockerReportGroup{"", 1, 1, 2, Days(36)}));
  EXPECT_THAT(report.by_category, ElementsAre(BlockerReportGroup{"TECHNICAL", 0, 1, 1, Days(2)},
                                              BlockerReportGroup{"CROSS_TEAM", 1, 0, 1, Days(34)}));
  EXPECT_THAT(report.by_reason,
              ElementsAre(BlockerReportGroup{"APPROVAL_OR_SIGN_OFF", 1, 0, 1, Days(34)},
                          BlockerReportGroup{"DEFECT", 0, 1, 1, Days(2)}));
  EXPECT_DOUBLE_EQ(report.non_technical_share, 2.0 / 3);
  EXPECT_DOUBLE_EQ(report.non_technical_time_share, 34.0 / 36);
}

TEST_F(ReportTest, EachReopeningCountsOnItsOwn) {
  Blocker blocker = CrossTeam(1, kStart + Days(1));
  blocker.past_spells = {{kStart + Days(1), kStart + Days(2)},
                         {kStart + Days(3), kStart + Days(7)}};
  blocker.spell_time = kStart + Days(10);
  const BlockerReport report = Build({blocker});
  EXPECT_EQ(report.total, (BlockerReportGroup{"", 1, 3, 2, Days(1 + 4 + 20)}));
  EXPECT_EQ(report.time_to_unblock, (TimeToUnblock{Days(1), Days(4), Days(4)}));
  ASSERT_THAT(report.oldest_open, SizeIs(1));
  EXPECT_EQ(report.oldest_open[0].age, Days(20));
}

TEST_F(ReportTest, SpellsOutsideThePeriodCountForNothing) {
  Blocker blocker = CrossTeam(1, kStart - Days(9));
  blocker.past_spells = {{kStart - Days(9), kStart - Days(8)}};
  blocker.spell_time = kEnd + Days(1);
  const BlockerReport report = Build({blocker});
  EXPECT_EQ(report.total, BlockerReportGroup());
  EXPECT_EQ(report.non_technical_share, 0);
  EXPECT_THAT(report.by_project, IsEmpty());
}

TEST_F(ReportTest, PeriodsThatFollowEachOtherAddUp) {
  // Resolved and opened right on the border.
  store_.blockers = {CrossTeam(1, kStart - Days(1), kEnd), Technical(2, kEnd)};
  const auto first = BuildReport(store_, {"acme", kStart, kEnd, ""});
  const auto second = BuildReport(store_, {"acme", kEnd, kEnd + Days(1), ""});
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->total, (BlockerReportGroup{"", 1, 0, 0, Days(30)}));
  EXPECT_EQ(second->total, (BlockerReportGroup{"", 1, 1, 1, Days(1)}));
}

TEST_F(ReportTest, BlockerResolvedAfterThePeriodWasOpenAtItsEnd) {
  const BlockerReport report = Build({CrossTeam(1, kEnd - Days(2), kEnd + Days(5))});
  EXPECT_EQ(report.total.open, 1);
  EXPECT_EQ(report.total.resolved, 0);
  ASSERT_THAT(report.oldest_open, SizeIs(1));
  EXPECT_EQ(report.oldest_open[0].age, Days(2));
}

TEST_F(ReportTest, PercentilesAreNearestRank) {
  std::vector<Blocker> blockers;
  for (int i = 1; i <= 20; ++i) {
    blockers.push_back(Technical(i, kStart + Days(1), kStart + Days(1) + absl::Hours(i)));
  }
  EXPECT_EQ(Build(blockers).time_to_unblock,
            (TimeToUnblock{absl::Hours(10), absl::Hours(17), absl::Hours(19)}));
}

TEST_F(ReportTest, AgesFallIntoClassesByTheirLowerBound) {
  const BlockerReport report = Build({
      Technical(1, kEnd - absl::Hours(23)),
      Technical(2, kEnd - Days(1)),
      Technical(3, kEnd - Days(3)),
      Technical(4, kEnd - Days(7)),
      Technical(5, kEnd - Days(14)),
      Technical(6, kEnd - Days(30)),
      Technical(7, kEnd - Days(400)),
  });
  std::vector<int64_t> open;
  for (const BlockerReportGroup& group : report.by_age) open.push_back(group.open);
  EXPECT_THAT(open, ElementsAre(1, 1, 1, 1, 1, 2));
}

TEST_F(ReportTest, ProjectsComeByBlockedTime) {
  Blocker small = Technical(1, kEnd - Days(1));
  small.project = "a";
  Blocker large = Technical(2, kEnd - Days(2));
  large.project = "b";
  Blocker unnamed = Technical(3, kEnd - Days(1));
  unnamed.project = "";
  EXPECT_THAT(Build({small, large, unnamed}).by_project,
              ElementsAre(BlockerReportGroup{"b", 1, 1, 0, Days(2)},
                          BlockerReportGroup{"", 1, 1, 0, Days(1)},
                          BlockerReportGroup{"a", 1, 1, 0, Days(1)}));
}

TEST_F(ReportTest, OnlyTheOldestAreNamed) {
  std::vector<Blocker> blockers;
  for (int i = 1; i <= 30; ++i) blockers.push_back(Technical(i, kEnd - absl::Hours(7 * i % 31)));
  const BlockerReport report = Build(blockers);
  ASSERT_THAT(report.oldest_open, SizeIs(kOldestOpenCount));
  for (size_t i = 0; i < kOldestOpenCount; ++i) {
    EXPECT_EQ(report.oldest_open[i].age, absl::Hours(30 - static_cast<int64_t>(i)));
  }
}

TEST_F(ReportTest, OldestCarryWhatAManagerNeeds) {
  Blocker blocker = CrossTeam(7, kEnd - Days(2));
  blocker.title = "Ship it";
  blocker.waiting_on = "legal";
  EXPECT_THAT(Build({blocker}).oldest_open,
              ElementsAre(BlockerReportItem{7, "PAY-7", "pay", "Ship it", Category::kCrossTeam,
                                            Reason::kApprovalOrSignOff, "legal", Days(2)}));
}

TEST_F(ReportTest, AsksTheStoreForTheTenantAndProject) {
  const BlockerReport report = Build({}, "web");
  EXPECT_EQ(store_.tenant, "acme");
  EXPECT_EQ(store_.project, "web");
  EXPECT_EQ(report.tenant, "acme");
  EXPECT_EQ(report.project, "web");
}

TEST_F(ReportTest, StoreFaultComesThrough) {
  store_.status = absl::UnavailableError("gone");
  EXPECT_THAT(BuildReport(store_, {"acme", kStart, kEnd, ""}),
              StatusIs(absl::StatusCode::kUnavailable));
}

class ReportQueryTest : public ::testing::Test {
 protected:
  const absl::Time now_ = kEnd;
};

TEST_F(ReportQueryTest, DefaultsToThirtyDaysUntilNow) {
  const auto query = MakeReportQuery("acme", "", std::nullopt, std::nullopt, now_);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->end, now_);
  EXPECT_EQ(query->start, now_ - Days(30));
}

TEST_F(ReportQueryTest, StartCountsBackFromAGivenEnd) {
  const auto query = MakeReportQuery("acme", "", std::nullopt, now_ - Days(10), now_);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->start, now_ - Days(40));
}

TEST_F(ReportQueryTest, FutureIsCutOff) {
  const auto query = MakeReportQuery("acme", "", now_ - Days(1), now_ + Days(9), now_);
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->end, now_);
}

TEST_F(ReportQueryTest, EmptyOrUpsideDownPeriodIsRefused) {
  EXPECT_THAT(MakeReportQuery("acme", "", now_, now_, now_),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(MakeReportQuery("acme", "", now_ - Days(1), now_ - Days(2), now_),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(MakeReportQuery("acme", "", now_ + Days(1), std::nullopt, now_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TakenStep Step(int level, const std::string& channel, StepOutcome outcome,
               std::optional<absl::Duration> after = std::nullopt) {
  TakenStep step;
  step.level = level;
  step.reason = Reason::kApprovalOrSignOff;
  step.channel = channel;
  step.time = kStart + Days(1);
  step.outcome = outcome;
  if (after.has_value()) step.outcome_time = step.time + *after;
  return step;
}

TEST_F(ReportTest, TellsWhichStepWasFollowedByResolution) {
  store_.steps = {Step(2, "mail", StepOutcome::kResolved, Days(1)),
                  Step(1, "mail", StepOutcome::kPending),
                  Step(1, "chat", StepOutcome::kResolved, Days(9)),
                  Step(1, "chat", StepOutcome::kResolved, Days(2)),
                  Step(1, "chat", StepOutcome::kResolved, Days(3)),
                  Step(1, "chat", StepOutcome::kResolved, Days(4)),
                  Step(1, "chat", StepOutcome::kNextStep, Days(1)),
                  Step(1, "chat", StepOutcome::kMoot, Days(-1)),
                  Step(1, "chat", StepOutcome::kPending),
                  Step(1, "chat", StepOutcome::kResolved)};
  EXPECT_THAT(
      Build({}).escalation_effects,
      ElementsAre(EscalationEffect{1, Reason::kApprovalOrSignOff, "chat", 8, 5, 1, 1, Days(3)},
                  EscalationEffect{1, Reason::kApprovalOrSignOff, "mail", 1, 0, 0, 0, std::nullopt},
                  EscalationEffect{2, Reason::kApprovalOrSignOff, "mail", 1, 1, 0, 0, Days(1)}));
}

}  // namespace
}  // namespace clearway
