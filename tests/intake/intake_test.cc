#include "service/intake/intake.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class IntakeTest : public ::testing::Test {
 protected:
  IntakeTest() : store_(*SqliteStore::Open({.path = ":memory:"})) {}

  // A full snapshot whose description is `words`, `at` seconds after the clock's start.
  TicketEvent Event(const std::string& id, int64_t at, const std::string& words) {
    TicketEvent event;
    event.tenant = "acme";
    event.source = "jira";
    event.version = {start_ + absl::Seconds(at), 0, id};
    event.ticket.key = "PAY-1";
    event.ticket.project = "PAY";
    event.ticket.description = words;
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    return event;
  }

  IngestOutcome Apply(const TicketEvent& event) {
    IngestOutcome outcome;
    const std::optional<Forecast> forecast = intake_.Foresee(event);
    const absl::Status status = store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcome, intake_.Apply(event, forecast, tx));
      return absl::OkStatus();
    });
    EXPECT_THAT(status, IsOk());
    return outcome;
  }

  std::vector<Escalation> TakeDueSteps(int64_t blocker_id) {
    Climbed climbed;
    const absl::Status status = store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(climbed, intake_.TakeDueTogether("acme", {blocker_id},
                                                        clock_.Now() + absl::Minutes(1), tx));
      return absl::OkStatus();
    });
    EXPECT_THAT(status, IsOk());
    return climbed.messages;
  }

  std::vector<BlockerChange> History(int64_t blocker_id) {
    return *store_->ListChanges("acme", blocker_id);
  }
  std::vector<Blocker> AllBlockers() { return store_->ListBlockers("acme", {}, {})->rows; }
  std::vector<Escalation> AllEscalations() { return *store_->ListEscalations("acme", 0, {}); }

  // What the ticket is stuck on by its blocker; kUnspecified where none lasts.
  std::pair<Category, Reason> Lasting(const std::string& source, const std::string& key) {
    std::optional<Blocker> blocker;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(blocker, tx.GetLatestBlocker({"acme", source, key}));
      return absl::OkStatus();
    }),
                IsOk());
    if (!blocker.has_value() || blocker->state == BlockerState::kResolved) return {};
    return {blocker->category, blocker->reason};
  }

  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  const testing::FakeClassifier classifier_;
  const CurrentPlanner planner_{testing::TwoStepPlanner()};
  const std::unique_ptr<Store> store_;
  const Intake intake_{classifier_, planner_, clock_, absl::Hours(24)};
};

TEST_F(IntakeTest, StuckTicketGetsVerdictBlockerAndNextStep) {
  const IngestOutcome outcome = Apply(Event("e1", 0, "waiting for [legal]"));
  EXPECT_EQ(outcome.result, IngestResult::kApplied);
  ASSERT_TRUE(outcome.classification.has_value());
  EXPECT_EQ(outcome.classification->reason, Reason::kApprovalOrSignOff);
  ASSERT_TRUE(outcome.blocker.has_value());
  EXPECT_EQ(outcome.blocker->state, BlockerState::kOpen);
  EXPECT_EQ(outcome.blocker->next_escalation_time, start_ + absl::Hours(1));
  ASSERT_THAT(SuggestionsIn(outcome), SizeIs(1));
  EXPECT_EQ(SuggestionsIn(outcome)[0].id, 0) << "still to come";
  EXPECT_EQ(SuggestionsIn(outcome)[0].level, 1);
  EXPECT_EQ(SuggestionsIn(outcome)[0].target, "legal");
}

TEST_F(IntakeTest, WhatIsAnsweredIsWhatIsStored) {
  const IngestOutcome outcome = Apply(Event("e1", 0, "waiting for [legal]"));
  EXPECT_THAT(AllBlockers(), ElementsAre(*outcome.blocker));
  const auto ticket = *store_->GetTicket(outcome.blocker->ticket);
  ASSERT_TRUE(ticket.has_value());
  EXPECT_EQ(ticket->classification, outcome.classification);
  EXPECT_THAT(History(outcome.blocker->id), ElementsAre(*outcome.change));
}

TEST_F(IntakeTest, MovingTicketHasNoBlocker) {
  const IngestOutcome outcome = Apply(Event("e1", 0, "all fine"));
  EXPECT_EQ(outcome.blocker, std::nullopt);
  EXPECT_THAT(SuggestionsIn(outcome), IsEmpty());
  EXPECT_THAT(AllBlockers(), IsEmpty());
}

TEST_F(IntakeTest, TheVerdictIsOnTheMergedTicketNotOnTheEventAlone) {
  TicketEvent label = Event("e2", 2, "");
  label.fields.reset(static_cast<size_t>(TicketField::kDescription));
  EXPECT_EQ(intake_.Foresee(label), std::nullopt) << "part of a ticket";
  Apply(Event("e1", 0, "waiting for [legal]"));
  EXPECT_EQ(Apply(label).classification->reason, Reason::kApprovalOrSignOff);

  // A whole ticket, but newer words are known.
  const TicketEvent late = Event("e0", 1, "all fine");
  EXPECT_EQ(intake_.Foresee(late)->classification.category, Category::kNotBlocked);
  Apply(Event("e3", 3, "still waiting for [legal]"));
  EXPECT_EQ(Apply(late).classification->reason, Reason::kApprovalOrSignOff);
}

TEST_F(IntakeTest, DoubtfulVerdictChangesNoBlockerAndKeepsWhatWasLikeliest) {
  const Intake doubting(classifier_, planner_, clock_, absl::Hours(24),
                        ReviewPolicy({}, {{"acme", {0.95, 0.95}}}));
  const auto apply = [&](const TicketEvent& event) {
    IngestOutcome outcome;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcome, doubting.Apply(event, doubting.Foresee(event), tx));
      return absl::OkStatus();
    }),
                IsOk());
    return outcome;
  };
  IngestOutcome outcome = apply(Event("e1", 0, "waiting for [legal]"));
  EXPECT_EQ(outcome.classification->category, Category::kNeedsReview);
  EXPECT_EQ(outcome.classification->likeliest, Category::kCrossTeam);
  EXPECT_EQ(outcome.classification->waiting_on, "legal");
  EXPECT_THAT(AllBlockers(), IsEmpty());
  EXPECT_EQ((*store_->GetTicket({"acme", "jira", "PAY-1"}))->classification,
            outcome.classification);

  TicketEvent other = Event("e1", 0, "waiting for [legal]");
  other.tenant = "globex";
  EXPECT_EQ(apply(other).classification->category, Category::kCrossTeam) << "another tenant";

  Apply(Event("e2", 10, "waiting for [legal]!"));
  ASSERT_THAT(AllBlockers(), SizeIs(1));
  outcome = apply(Event("e3", 20, "moves again"));
  EXPECT_EQ(outcome.classification->category, Category::kNeedsReview);
  EXPECT_EQ(outcome.change, std::nullopt) << "a lasting blocker stays as it is";
}

TEST_F(IntakeTest, DuplicateChangesNothingAndAnswersWhatHolds) {
  const IngestOutcome first = Apply(Event("e1", 0, "waiting for [legal]"));
  const IngestOutcome again = Apply(Event("e1", 5, "all fine"));
  EXPECT_EQ(again.result, IngestResult::kDuplicate);
  EXPECT_EQ(again.blocker, first.blocker);
  EXPECT_EQ(again.classification, first.classification);
  EXPECT_EQ(again.change, std::nullopt);
  EXPECT_THAT(SuggestionsIn(again), IsEmpty());
  EXPECT_THAT(History(first.blocker->id), SizeIs(1));
}

TEST_F(IntakeTest, OvertakenEventIsStaleAndItsIdIsKept) {
  Apply(Event("e2", 10, "waiting for [legal]"));
  EXPECT_EQ(Apply(Event("e1", 5, "all fine")).result, IngestResult::kStale);
  EXPECT_EQ(Apply(Event("e1", 20, "all fine")).result, IngestResult::kDuplicate);
  EXPECT_THAT(AllBlockers(), ElementsAre(Field(&Blocker::state, BlockerState::kOpen)));
}

TEST_F(IntakeTest, SameEventIdFromAnotherSourceIsAnotherEvent) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  TicketEvent other = Event("e1", 0, "waiting for [legal]");
  other.source = "github";
  EXPECT_EQ(Apply(other).result, IngestResult::kApplied);
  EXPECT_THAT(AllBlockers(), SizeIs(2));
}

TEST_F(IntakeTest, WordsThatItMovesAgainEndTheBlocker) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  const IngestOutcome outcome = Apply(Event("e2", 600, "legal has signed"));
  ASSERT_TRUE(outcome.blocker.has_value());
  EXPECT_EQ(outcome.blocker->state, BlockerState::kResolved);
  EXPECT_EQ(outcome.unblocked_after, absl::Minutes(10));
  EXPECT_THAT(SuggestionsIn(outcome), IsEmpty());
  EXPECT_EQ(Apply(Event("e3", 700, "still fine")).blocker, std::nullopt)
      << "an old blocker is no part of later answers";
}

TEST_F(IntakeTest, TimeToUnblockCountsFromTheLastReopening) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  Apply(Event("e2", 100, "fine"));
  Apply(Event("e3", 1000, "waiting for [legal]"));
  EXPECT_EQ(Apply(Event("e4", 1060, "fine")).unblocked_after, absl::Minutes(1));
}

TEST_F(IntakeTest, DeletedTicketHasNoVerdict) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  TicketEvent deletion = Event("e2", 5, "");
  deletion.fields.reset();
  deletion.deleted = true;
  const IngestOutcome outcome = Apply(deletion);
  EXPECT_EQ(outcome.classification, std::nullopt);
  ASSERT_TRUE(outcome.blocker.has_value());
  EXPECT_EQ(outcome.blocker->state, BlockerState::kResolved);
}

TEST_F(IntakeTest, LateEventTakesEffectWhenItHappened) {
  TicketEvent relabelled = Event("e2", 50, "");
  relabelled.fields.reset();
  relabelled.fields.set(static_cast<size_t>(TicketField::kLabels));
  Apply(relabelled);
  EXPECT_EQ(Apply(Event("e1", 10, "waiting for [legal]")).blocker->open_time,
            start_ + absl::Seconds(10));
}

TEST_F(IntakeTest, StepIsTakenWhenItFallsDue) {
  const int64_t id = Apply(Event("e1", 0, "waiting for [legal]")).blocker->id;
  EXPECT_THAT(TakeDueSteps(id), IsEmpty());
  clock_.Advance(absl::Hours(1));
  const std::vector<Escalation> steps = TakeDueSteps(id);
  ASSERT_THAT(steps, SizeIs(1));
  EXPECT_EQ(steps[0].level, 1);
  EXPECT_EQ(steps[0].create_time, clock_.Now());
  EXPECT_THAT(AllEscalations(), ElementsAre(steps[0]));
  const Blocker blocker = *store_->GetBlocker("acme", id);
  EXPECT_EQ(blocker.state, BlockerState::kEscalated);
  EXPECT_EQ(blocker.escalation_level, 1);
  EXPECT_EQ(blocker.next_escalation_time, start_ + absl::Hours(24));
}

TEST_F(IntakeTest, StepIsTakenOnce) {
  const int64_t id = Apply(Event("e1", 0, "waiting for [legal]")).blocker->id;
  clock_.Advance(absl::Hours(1));
  TakeDueSteps(id);
  EXPECT_THAT(TakeDueSteps(id), IsEmpty());
  EXPECT_THAT(AllEscalations(), SizeIs(1));
}

TEST_F(IntakeTest, AfterAnOutageOnlyTheHighestDueStepIsTaken) {
  const int64_t id = Apply(Event("e1", 0, "waiting for [legal]")).blocker->id;
  clock_.Advance(absl::Hours(48));
  EXPECT_THAT(TakeDueSteps(id), ElementsAre(Field(&Escalation::level, 2)));
  EXPECT_EQ(store_->GetBlocker("acme", id)->next_escalation_time, std::nullopt);
}

TEST_F(IntakeTest, TicketStuckForLongEscalatesWithItsFirstEvent) {
  clock_.Advance(absl::Hours(2));
  const IngestOutcome outcome = Apply(Event("e1", 0, "waiting for [legal]"));
  EXPECT_THAT(SuggestionsIn(outcome),
              ElementsAre(Field(&Escalation::level, 1), Field(&Escalation::level, 2)));
  EXPECT_NE(SuggestionsIn(outcome)[0].id, 0);
  EXPECT_EQ(SuggestionsIn(outcome)[1].id, 0);
  EXPECT_EQ(outcome.blocker->state, BlockerState::kEscalated);
  EXPECT_THAT(History(outcome.blocker->id), SizeIs(2));
  EXPECT_THAT(AllBlockers(), ElementsAre(*outcome.blocker));
}

TEST_F(IntakeTest, AcknowledgedBlockerHasNoNextStep) {
  const IngestOutcome opened = Apply(Event("e1", 0, "waiting for [legal]"));
  ASSERT_THAT(store_->Transact([&](Transaction& tx) {
    return tx.PutBlocker(Acknowledge(*opened.blocker, "ann", "", clock_.Now())->blocker).status();
  }),
              IsOk());
  clock_.Advance(absl::Hours(48));
  EXPECT_THAT(SuggestionsIn(Apply(Event("e2", 5, "still waiting for [legal]"))), IsEmpty());
  EXPECT_THAT(TakeDueSteps(opened.blocker->id), IsEmpty());
}

TEST_F(IntakeTest, TimeMovedByANewPolicyIsStored) {
  const IngestOutcome opened = Apply(Event("e1", 0, "waiting for [legal]"));
  Blocker moved = *opened.blocker;
  moved.next_escalation_time = start_;
  ASSERT_THAT(store_->Transact([&](Transaction& tx) { return tx.PutBlocker(moved).status(); }),
              IsOk());
  EXPECT_THAT(TakeDueSteps(moved.id), IsEmpty());
  EXPECT_EQ(store_->GetBlocker("acme", moved.id)->next_escalation_time, start_ + absl::Hours(1));
}

TEST_F(IntakeTest, StepsOfAnUnknownBlockerAreNotFound) {
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    return intake_.TakeDueTogether("acme", {99}, clock_.Now(), tx).status();
  }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(IntakeTest, WorkThatIsRunAgainGivesTheSameOutcome) {
  const TicketEvent event = Event("e1", 0, "waiting for [legal]");
  IngestOutcome first;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(first, intake_.Apply(event, std::nullopt, tx));
    return absl::CancelledError("rolled back");
  }),
              StatusIs(absl::StatusCode::kCancelled));
  const IngestOutcome second = Apply(event);
  EXPECT_EQ(second.result, IngestResult::kApplied);
  EXPECT_EQ(second.blocker, first.blocker);
}

// Whatever the order of arrival, the ticket, the verdict and whether it is blocked end alike.
TEST_F(IntakeTest, AnyOrderOfEventsEndsAlike) {
  const std::vector<std::string> words = {"[legal]", "fine", "[build]", "[legal] again",
                                          "[unsure]"};
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    const std::string in_order = absl::StrCat("IN-", round);
    const std::string shuffled = absl::StrCat("OUT-", round);
    std::vector<TicketEvent> events;
    const int count = 3 + round % 4;
    for (int i = 0; i < count; ++i) {
      TicketEvent event =
          Event(absl::StrCat(round, "-", i), i * 10, words[random() % words.size()]);
      event.ticket.key = in_order;
      events.push_back(event);
    }
    for (const TicketEvent& event : events) Apply(event);
    std::vector<TicketEvent> late = events;
    for (TicketEvent& event : late) {
      event.ticket.key = shuffled;
      event.source = "github";
    }
    late.push_back(late[0]);
    std::shuffle(late.begin(), late.end(), random);
    for (const TicketEvent& event : late) Apply(event);

    StoredTicket want = **store_->GetTicket({"acme", "jira", in_order});
    want.state.ticket.key = shuffled;
    EXPECT_EQ(**store_->GetTicket({"acme", "github", shuffled}), want) << "round " << round;
    // A doubtful verdict leaves a blocker as it was, whatever that was.
    if (want.classification->category == Category::kNeedsReview) continue;
    EXPECT_EQ(Lasting("jira", in_order), Lasting("github", shuffled)) << "round " << round;
  }
}

}  // namespace
}  // namespace clearway
