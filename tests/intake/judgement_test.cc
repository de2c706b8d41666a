#include "service/intake/judgement.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/classify/swappable_classifier.h"
#include "service/intake/intake.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Holds every ticket to be of one category.
class OneMindedClassifier final : public Classifier {
 public:
  explicit OneMindedClassifier(Category category) : category_(category) {}
  Classification Classify(const Ticket& /*ticket*/) const override {
    Classification verdict;
    verdict.category = category_;
    verdict.confidence = 0.9;
    return verdict;
  }
  const std::string& model_version() const override { return version_; }

 private:
  const Category category_;
  const std::string version_ = "one-minded";
};

class JudgementTest : public ::testing::Test {
 protected:
  JudgementTest() : store_(*SqliteStore::Open({.path = ":memory:"})) {}

  TicketEvent Event(const std::string& id, int64_t at, const std::string& words) {
    TicketEvent event;
    event.tenant = "acme";
    event.source = "jira";
    event.version = {start_ + absl::Seconds(at), 0, id};
    event.ticket.key = "PAY-1";
    event.ticket.status = "In Progress";
    event.ticket.description = words;
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    return event;
  }

  IngestOutcome Apply(const TicketEvent& event) {
    IngestOutcome outcome;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcome, intake_.Apply(event, intake_.Foresee(event), tx));
      return absl::OkStatus();
    }),
                IsOk());
    return outcome;
  }

  absl::StatusOr<JudgementOutcome> TryJudge(const JudgementRequest& request) {
    JudgementOutcome outcome;
    RETURN_IF_ERROR(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcome, intake_.Judge(request, tx));
      return absl::OkStatus();
    }));
    return outcome;
  }

  // Ann's judgement of the ticket as it stands.
  JudgementOutcome Judge(Category category, Reason reason = Reason::kUnspecified) {
    JudgementRequest request;
    request.tenant = "acme";
    request.ticket = key_;
    request.judgement = {"ann", category, reason, Category::kUnspecified, ""};
    absl::StatusOr<JudgementOutcome> outcome = TryJudge(request);
    EXPECT_THAT(outcome, IsOk());
    return *std::move(outcome);
  }

  JudgementOutcome JudgeBlocker(int64_t id, Category category) {
    JudgementRequest request;
    request.tenant = "acme";
    request.blocker_id = id;
    request.judgement = {"ann", category, Reason::kUnspecified, Category::kUnspecified, ""};
    absl::StatusOr<JudgementOutcome> outcome = TryJudge(request);
    EXPECT_THAT(outcome, IsOk());
    return *std::move(outcome);
  }

  Category Held() {
    const StoredTicket ticket = **store_->GetTicket(key_);
    return EffectiveVerdict(ticket.classification, ticket.correction)->category;
  }
  std::vector<Blocker> Blockers() { return store_->ListBlockers("acme", {}, {})->rows; }
  std::vector<Feedback> AllFeedback() {
    return store_->ListFeedback("acme", absl::InfinitePast(), {})->rows;
  }

  const TicketKey key_{"acme", "jira", "PAY-1"};
  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  SwappableClassifier classifier_{std::make_shared<testing::FakeClassifier>()};
  const CurrentPlanner planner_{testing::TwoStepPlanner()};
  const std::unique_ptr<Store> store_;
  const Intake intake_{classifier_, planner_, clock_, absl::Hours(24), ReviewPolicy()};
};

TEST_F(JudgementTest, CorrectionTakesEffectAtOnce) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  clock_.Advance(absl::Minutes(5));
  const JudgementOutcome outcome = Judge(Category::kResource, Reason::kStaffing);
  EXPECT_FALSE(outcome.agrees);
  ASSERT_TRUE(outcome.blocker.has_value());
  EXPECT_EQ(outcome.blocker->category, Category::kResource);
  EXPECT_EQ(outcome.blocker->reason, Reason::kStaffing);
  EXPECT_EQ(outcome.blocker->waiting_on, "");
  EXPECT_EQ(outcome.blocker->confidence, 1);
  ASSERT_TRUE(outcome.change.has_value());
  EXPECT_EQ(outcome.change->actor, "ann");
  EXPECT_EQ(outcome.change->time, clock_.Now());
  EXPECT_THAT(Blockers(), SizeIs(1));
  EXPECT_EQ(Blockers()[0], *outcome.blocker);
}

TEST_F(JudgementTest, CorrectionOutlivesCommentsModelsAndDuplicates) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  Judge(Category::kResource, Reason::kStaffing);
  EXPECT_EQ(Apply(Event("e1", 0, "waiting for [legal]")).classification->category,
            Category::kResource);
  EXPECT_EQ(Apply(Event("e2", 10, "still [legal]")).blocker->category, Category::kResource);
  EXPECT_EQ(Apply(Event("e0", 5, "[build]")).result, IngestResult::kStale);
  classifier_.Swap(std::make_shared<OneMindedClassifier>(Category::kTechnical));
  EXPECT_EQ(Apply(Event("e3", 20, "other words")).blocker->category, Category::kResource);
  EXPECT_EQ(Held(), Category::kResource);
}

TEST_F(JudgementTest, AnotherModelAloneLiftsNothing) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  Judge(Category::kResource);
  classifier_.Swap(std::make_shared<OneMindedClassifier>(Category::kNotBlocked));
  TicketEvent relabelled = Event("e2", 10, "waiting for [legal]");
  relabelled.ticket.labels = {"urgent"};
  EXPECT_EQ(Apply(relabelled).blocker->state, BlockerState::kOpen);
}

TEST_F(JudgementTest, ItGivesWayWhenTheTicketReallyChanges) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  Judge(Category::kResource);
  const IngestOutcome free = Apply(Event("e2", 10, "moves again"));
  EXPECT_EQ(free.blocker->state, BlockerState::kResolved);
  EXPECT_EQ(free.change->actor, "classifier");
  Apply(Event("e3", 20, "waiting for [legal]"));
  EXPECT_EQ(Held(), Category::kCrossTeam) << "what was lifted does not come back";
  Judge(Category::kResource);
  TicketEvent moved = Event("e4", 30, "waiting for [legal]");
  moved.ticket.status = "Blocked";
  EXPECT_EQ(Apply(moved).blocker->category, Category::kCrossTeam);
}

TEST_F(JudgementTest, NotBlockedEndsTheBlockerUntilAnotherCauseShows) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  clock_.Advance(absl::Minutes(1));
  const JudgementOutcome outcome = Judge(Category::kNotBlocked);
  EXPECT_EQ(outcome.blocker->state, BlockerState::kResolved);
  EXPECT_EQ(outcome.change->actor, "ann");
  EXPECT_EQ(outcome.unblocked_after, absl::Minutes(1));
  EXPECT_EQ(Apply(Event("e2", 70, "see [legal]")).blocker, std::nullopt);
  const IngestOutcome other = Apply(Event("e3", 80, "now the [build] fails"));
  ASSERT_TRUE(other.blocker.has_value());
  EXPECT_EQ(other.blocker->category, Category::kTechnical);
}

TEST_F(JudgementTest, NotBlockedIsTakenBackByTheBlockersName) {
  const int64_t id = Apply(Event("e1", 0, "waiting for [legal]")).blocker->id;
  Judge(Category::kNotBlocked);
  const JudgementOutcome back = JudgeBlocker(id, Category::kCrossTeam);
  EXPECT_EQ(back.blocker->state, BlockerState::kOpen);
  EXPECT_EQ(back.blocker->id, id);
}

TEST_F(JudgementTest, MissedBlockerIsOpenedAndEscalates) {
  Apply(Event("e1", 0, "quietly stuck"));
  const JudgementOutcome outcome = Judge(Category::kCrossTeam, Reason::kApprovalOrSignOff);
  EXPECT_EQ(outcome.blocker->state, BlockerState::kOpen);
  EXPECT_EQ(outcome.change->actor, "ann");
  EXPECT_EQ(outcome.blocker->next_escalation_time, clock_.Now() + absl::Hours(1));
  EXPECT_EQ(Apply(Event("e2", 10, "moves again")).blocker->state, BlockerState::kResolved);
}

TEST_F(JudgementTest, ReviewedVerdictIsDecidedByThePerson) {
  Apply(Event("e1", 0, "[unsure]"));
  EXPECT_THAT(Blockers(), IsEmpty());
  EXPECT_FALSE(Judge(Category::kCrossTeam).agrees);
  EXPECT_THAT(Blockers(), SizeIs(1));
}

TEST_F(JudgementTest, ConfirmationChangesNothingAndLiftsAnEarlierCorrection) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  JudgementOutcome outcome = Judge(Category::kCrossTeam);
  EXPECT_TRUE(outcome.agrees);
  EXPECT_EQ(outcome.change, std::nullopt);
  EXPECT_EQ((*store_->GetTicket(key_))->correction, std::nullopt);
  Judge(Category::kResource);
  outcome = Judge(Category::kCrossTeam);
  EXPECT_FALSE(outcome.agrees) << "with what held until then";
  EXPECT_EQ(outcome.blocker->reason, Reason::kApprovalOrSignOff);
  EXPECT_EQ(outcome.classification->corrected_by, "");
}

TEST_F(JudgementTest, BlockerThatIsOverIsJudgedAsThePast) {
  const int64_t id = Apply(Event("e1", 0, "waiting for [legal]")).blocker->id;
  Apply(Event("e2", 10, "moves again"));
  const JudgementOutcome outcome = JudgeBlocker(id, Category::kResource);
  EXPECT_FALSE(outcome.agrees);
  EXPECT_EQ(outcome.change, std::nullopt);
  EXPECT_EQ(Blockers()[0].category, Category::kCrossTeam);
  EXPECT_EQ(Held(), Category::kNotBlocked);
  ASSERT_THAT(AllFeedback(), SizeIs(1));
  EXPECT_EQ(AllFeedback()[0].snapshot, std::nullopt) << "the words are no longer those judged";
}

TEST_F(JudgementTest, DoneTicketStaysWithoutBlocker) {
  TicketEvent done = Event("e1", 0, "waiting for [legal]");
  done.ticket.done = true;
  Apply(done);
  EXPECT_EQ(Judge(Category::kResource).blocker, std::nullopt);
}

TEST_F(JudgementTest, PersonsWordOpensWhatAPersonHadEnded) {
  const Blocker opened = *Apply(Event("e1", 0, "waiting for [legal]")).blocker;
  const Blocker ended =
      ResolveByPerson(opened, "bob", "", TextFingerprint((*store_->GetTicket(key_))->state),
                      clock_.Now())
          .blocker;
  ASSERT_THAT(store_->Transact([&](Transaction& tx) { return tx.PutBlocker(ended).status(); }),
              IsOk());
  EXPECT_EQ(Judge(Category::kCrossTeam).blocker->state, BlockerState::kOpen);
}

TEST_F(JudgementTest, SnapshotIsTheTicketAsItWasJudged) {
  Apply(Event("e1", 0, "waiting for [legal]"));
  Judge(Category::kResource);
  Apply(Event("e2", 10, "later words"));
  ASSERT_THAT(AllFeedback(), SizeIs(1));
  EXPECT_EQ(AllFeedback()[0].snapshot->description, "waiting for [legal]");
  EXPECT_EQ(AllFeedback()[0].language, "en");
}

TEST_F(JudgementTest, WhatIsNotThereCannotBeJudged) {
  JudgementRequest request;
  request.tenant = "acme";
  request.ticket = key_;
  request.judgement = {"ann", Category::kResource, Reason::kUnspecified, Category::kUnspecified,
                       ""};
  EXPECT_THAT(TryJudge(request), StatusIs(absl::StatusCode::kNotFound));
  Apply(Event("e1", 0, "waiting for [legal]"));
  TicketEvent deletion = Event("e2", 5, "");
  deletion.fields.reset();
  deletion.deleted = true;
  Apply(deletion);
  EXPECT_THAT(TryJudge(request), StatusIs(absl::StatusCode::kFailedPrecondition));
  request.blocker_id = 99;
  EXPECT_THAT(TryJudge(request), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(AllFeedback(), IsEmpty());
}

}  // namespace
}  // namespace clearway
