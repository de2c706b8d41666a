// What a policy's limits, a snooze and a policy that is exchanged do to the blockers that are
// stored.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/escalation/policy_loader.h"
#include "service/intake/intake.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kLadder[] = R"(ladders:
  - name: all
    steps:
      - {after: 1h, target: PARTY, channel: chat}
      - {after: 1d, target: MANAGER, channel: mail}
)";

std::shared_ptr<const Planner> Made(const std::string& route = "", const std::string& more = "") {
  const absl::StatusOr<EscalationPolicy> policy = ParsePolicy(
      absl::StrCat(kLadder, route.empty() ? "" : "route: ", route, "\n", more), "p.yaml");
  EXPECT_THAT(policy, IsOk());
  return std::make_shared<const Planner>(*policy, *BuiltInPlaybooks());
}

class EscalationPolicyTest : public ::testing::Test {
 protected:
  // A ticket that waits for legal; it got stuck `at` seconds after the clock's start.
  int64_t Stuck(const std::string& key, int64_t at = 0, const std::string& words = "[legal]") {
    const std::optional<Blocker> blocker = Told(key, at, words);
    return blocker.has_value() ? blocker->id : 0;
  }

  std::optional<Blocker> Told(const std::string& key, int64_t at, const std::string& words) {
    TicketEvent event;
    event.tenant = "acme";
    event.source = "jira";
    event.version = {start_ + absl::Seconds(at), 0, absl::StrCat("event-", ++events_)};
    event.ticket.key = key;
    event.ticket.project = "PAY";
    event.ticket.description = words;
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    IngestOutcome outcome;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcome, intake_.Apply(event, std::nullopt, tx));
      return absl::OkStatus();
    }),
                IsOk());
    return outcome.blocker;
  }

  // Whatever time was kept for them.
  std::vector<Escalation> TakeDueSteps(int64_t blocker_id) {
    Climbed climbed;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(intake_.Reschedule("acme", blocker_id, tx));
      ASSIGN_OR_RETURN(climbed, intake_.TakeDueTogether("acme", {blocker_id},
                                                        clock_.Now() + absl::Minutes(1), tx));
      return absl::OkStatus();
    }),
                IsOk());
    return climbed.messages;
  }

  absl::StatusOr<Transition> Snooze(int64_t blocker_id, absl::Time end) {
    absl::StatusOr<Transition> snoozed = absl::UnknownError("not run");
    const absl::Status status = store_->Transact([&](Transaction& tx) -> absl::Status {
      snoozed = intake_.SnoozeBlocker("acme", blocker_id, "ann", "on holiday", end, tx);
      return snoozed.status();
    });
    if (!status.ok()) return status;
    return snoozed;
  }

  Blocker Stored(int64_t id) { return *store_->GetBlocker("acme", id); }
  std::vector<BlockerChange> History(int64_t id) { return *store_->ListChanges("acme", id); }
  std::vector<Escalation> AllEscalations() { return *store_->ListEscalations("acme", 0, {}); }

  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  const testing::FakeClassifier classifier_;
  CurrentPlanner planners_{Made()};
  const std::unique_ptr<Store> store_ = *SqliteStore::Open({.path = ":memory:"});
  const Intake intake_{classifier_, planners_, clock_, absl::Hours(24)};
  int events_ = 0;
};

TEST_F(EscalationPolicyTest, ARecipientIsToldNoMoreThanTheLimit) {
  planners_.Swap(Made("{ladder: all, rate_limit: {count: 2, window: 6h}}"));
  const int64_t first = Stuck("PAY-1");
  const int64_t second = Stuck("PAY-2");
  const int64_t third = Stuck("PAY-3");
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(TakeDueSteps(first), SizeIs(1));
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(TakeDueSteps(second), SizeIs(1));
  EXPECT_THAT(TakeDueSteps(third), IsEmpty());
  EXPECT_EQ(Stored(third).state, BlockerState::kOpen);
  EXPECT_EQ(Stored(third).next_escalation_time, start_ + absl::Hours(7)) << "the first leaves";
  clock_.Advance(absl::Hours(5));
  EXPECT_THAT(TakeDueSteps(third), SizeIs(1));
}

TEST_F(EscalationPolicyTest, ALimitHoldsForOneRecipientAlone) {
  planners_.Swap(Made("{ladder: all, rate_limit: {count: 1, window: 2d}}"));
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(TakeDueSteps(id), SizeIs(1));
  clock_.Advance(absl::Hours(24));
  EXPECT_THAT(TakeDueSteps(id), ElementsAre(Field(&Escalation::recipient, "manager/PAY")));
}

TEST_F(EscalationPolicyTest, OneMessageInAGroupsInterval) {
  planners_.Swap(Made("{ladder: all, group: {by: WAITING_ON, interval: 6h}}"));
  const int64_t first = Stuck("PAY-1");
  const int64_t second = Stuck("PAY-2");
  const absl::Time slot = *Stored(first).next_escalation_time;
  EXPECT_GT(slot, start_ + absl::Hours(1));
  clock_.Advance(slot - start_);
  EXPECT_THAT(TakeDueSteps(first), ElementsAre(Field(&Escalation::due_time, slot)));
  EXPECT_THAT(TakeDueSteps(second), IsEmpty()) << "it came too late for the list";
  EXPECT_EQ(Stored(second).next_escalation_time, slot + absl::Hours(6));
  clock_.Advance(absl::Hours(6));
  EXPECT_THAT(TakeDueSteps(second), SizeIs(1));
  ASSERT_THAT(AllEscalations(), SizeIs(2));
  EXPECT_NE(AllEscalations()[0].group, AllEscalations()[1].group);
}

TEST_F(EscalationPolicyTest, NothingIsSaidAgainInTheSameWords) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  ASSERT_THAT(TakeDueSteps(id), SizeIs(1));
  // It comes and goes within the day: the same age, the same day, the same words.
  EXPECT_EQ(Told("PAY-1", 3700, "fine")->state, BlockerState::kResolved);
  EXPECT_EQ(Stuck("PAY-1", 3800), id);
  clock_.Advance(absl::Hours(1) + absl::Minutes(5));
  EXPECT_THAT(TakeDueSteps(id), IsEmpty());
  EXPECT_THAT(AllEscalations(), SizeIs(1));
  EXPECT_EQ(Stored(id).escalation_level, 1) << "the ladder goes on all the same";
  EXPECT_THAT(History(id).back().note, HasSubstr("not said a second time"));
}

TEST_F(EscalationPolicyTest, ASnoozeRestsTheLadderAndEndsByItself) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Minutes(30));
  const absl::Time end = start_ + absl::Hours(10);
  const absl::StatusOr<Transition> snoozed = Snooze(id, end);
  ASSERT_THAT(snoozed, IsOk());
  EXPECT_EQ(snoozed->blocker, Stored(id));
  EXPECT_EQ(Stored(id).state, BlockerState::kSnoozed);
  EXPECT_EQ(Stored(id).next_escalation_time, end);
  EXPECT_EQ(History(id).back().note, "on holiday");
  EXPECT_EQ(History(id).back().to, BlockerState::kSnoozed);
  clock_.Advance(absl::Hours(5));
  EXPECT_THAT(TakeDueSteps(id), IsEmpty());
  EXPECT_THAT(Told("PAY-1", 9000, "still [legal]")->state, BlockerState::kSnoozed);
  EXPECT_EQ(Stored(id).next_escalation_time, end);

  clock_.Advance(end - clock_.Now());
  EXPECT_THAT(TakeDueSteps(id), IsEmpty()) << "half an hour is left of the first step's time";
  EXPECT_EQ(Stored(id).state, BlockerState::kOpen);
  EXPECT_EQ(Stored(id).next_escalation_time, end + absl::Minutes(30));
  EXPECT_EQ(History(id).back().actor, "policy");
  clock_.Advance(absl::Minutes(30));
  EXPECT_THAT(TakeDueSteps(id), SizeIs(1));
}

TEST_F(EscalationPolicyTest, ASnoozeThatEndedLongAgoDoesNotStorm) {
  const int64_t id = Stuck("PAY-1");
  ASSERT_THAT(Snooze(id, start_ + absl::Hours(24 * 30)), IsOk());
  clock_.Advance(absl::Hours(24 * 30) + absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(id), ElementsAre(Field(&Escalation::level, 1)));
  EXPECT_EQ(Stored(id).next_escalation_time, start_ + absl::Hours(24 * 31));
}

TEST_F(EscalationPolicyTest, SnoozingAgainMovesTheEndAndTheSameEndChangesNothing) {
  const int64_t id = Stuck("PAY-1");
  ASSERT_THAT(Snooze(id, start_ + absl::Hours(10)), IsOk());
  ASSERT_THAT(Snooze(id, start_ + absl::Hours(10)), IsOk());
  EXPECT_THAT(History(id), SizeIs(2));
  ASSERT_THAT(Snooze(id, start_ + absl::Hours(3)), IsOk());
  EXPECT_THAT(History(id), SizeIs(3));
  EXPECT_THAT(Stored(id).snoozes, ElementsAre(BlockedSpell{start_, start_ + absl::Hours(3)}));
}

TEST_F(EscalationPolicyTest, AResolvedBlockerIsNotSnoozedAndAnUnknownOneNotFound) {
  const int64_t id = Stuck("PAY-1");
  Told("PAY-1", 10, "fine");
  EXPECT_THAT(Snooze(id, start_ + absl::Hours(3)), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Snooze(99, start_ + absl::Hours(3)), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(EscalationPolicyTest, ATicketThatMovesEndsItsSnooze) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Minutes(1));
  ASSERT_THAT(Snooze(id, start_ + absl::Hours(3)), IsOk());
  EXPECT_EQ(Told("PAY-1", 600, "fine")->state, BlockerState::kResolved);
  EXPECT_THAT(Stored(id).snoozes,
              ElementsAre(BlockedSpell{start_ + absl::Minutes(1), start_ + absl::Minutes(10)}));
  EXPECT_EQ(Stuck("PAY-1", 700), id);
  EXPECT_THAT(Stored(id).snoozes, IsEmpty()) << "a new spell";
}

TEST_F(EscalationPolicyTest, AnExchangedPolicyMovesWhatIsToCome) {
  const int64_t id = Stuck("PAY-1");
  planners_.Swap(Made("{ladder: none, routes: [{match: [project = PAY], ladder: all}]}",
                      "mutes: [{name: m, begin_time: \"2026-01-01T00:00:00Z\", end_time: "
                      "\"2026-12-31T00:00:00Z\"}]\n"));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(id), IsEmpty());
  EXPECT_GT(*Stored(id).next_escalation_time, start_ + absl::Hours(24 * 300));
  planners_.Swap(Made());
  EXPECT_THAT(TakeDueSteps(id), SizeIs(1));
}

}  // namespace
}  // namespace clearway
