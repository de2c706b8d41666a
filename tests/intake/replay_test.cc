#include "service/intake/replay.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/intake/intake.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Knows "[money]", which the fake one does not, and does not know "[build]".
class OtherClassifier final : public Classifier {
 public:
  Classification Classify(const Ticket& ticket) const override {
    const std::string& words =
        ticket.comments.empty() ? ticket.description : ticket.comments.back().body;
    Classification verdict = fake_.Classify(ticket);
    verdict.model_version = version_;
    if (words.find("[money]") != std::string::npos) {
      verdict.category = Category::kResource;
      verdict.reason = Reason::kBudgetOrProcurement;
    } else if (words.find("[build]") != std::string::npos) {
      verdict.category = Category::kNotBlocked;
      verdict.reason = Reason::kUnspecified;
    }
    return verdict;
  }
  const std::string& model_version() const override { return version_; }

 private:
  const testing::FakeClassifier fake_;
  const std::string version_ = "other-1";
};

class ReplayTest : public ::testing::Test {
 protected:
  void Say(const std::string& id, int64_t at, const std::string& words) {
    TicketEvent event;
    event.tenant = "acme";
    event.source = "jira";
    event.version = {start_ + absl::Seconds(at), 0, id};
    event.ticket.key = "PAY-1";
    event.ticket.description = words;
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    Do([&](Transaction& tx) { return intake_.Apply(event, std::nullopt, tx).status(); });
  }
  void Do(const std::function<absl::Status(Transaction&)>& work) {
    EXPECT_THAT(store_->Transact(work), IsOk());
  }
  TicketFile File() { return **store_->GetTicketFile(key_); }
  TicketDifference Compare() {
    const absl::StatusOr<TicketDifference> difference = replay_.Compare(key_, File(), clock_.Now());
    EXPECT_THAT(difference, IsOk());
    return *difference;
  }
  TicketDifference Apply() {
    TicketDifference difference;
    const TicketFile file = File();
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(difference, replay_.Apply(key_, file.events, clock_.Now(), tx));
      return absl::OkStatus();
    });
    return difference;
  }
  void TakeDueSteps() {
    const int64_t id = File().blocker->id;
    Do([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(intake_.Reschedule("acme", id, tx));
      return intake_.TakeDueTogether("acme", {id}, clock_.Now() + absl::Minutes(1), tx).status();
    });
  }
  std::vector<BlockerChange> History() { return *store_->ListChanges("acme", File().blocker->id); }

  const TicketKey key_{"acme", "jira", "PAY-1"};
  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  const testing::FakeClassifier classifier_;
  const CurrentPlanner planner_{testing::TwoStepPlanner()};
  const std::unique_ptr<Store> store_ = *SqliteStore::Open({.path = ":memory:"});
  const Intake intake_{classifier_, planner_, clock_, absl::Hours(24)};
  const Replay replay_{std::make_shared<OtherClassifier>(),
                       planner_.Get(),
                       planner_.Get(),
                       {absl::Hours(24), {}, "ann"}};
};

TEST_F(ReplayTest, TheSameVerdictIsNoDifference) {
  Say("e1", 0, "[legal]");
  const TicketDifference difference = Compare();
  EXPECT_FALSE(difference.differs());
  const TicketFile before = File();
  Apply();
  EXPECT_EQ(File(), before) << "not even the model's name is written";
}

TEST_F(ReplayTest, ABlockerThatWasMissedIsOpenedAsOfTheWordsAndItsLadderCountsFromNow) {
  Say("e1", 0, "fine");
  Say("e2", 10, "[money]");
  Say("e3", 20, "[money] still");
  clock_.Advance(absl::Hours(1000));
  const TicketDifference difference = Compare();
  EXPECT_TRUE(difference.differs());
  EXPECT_EQ(difference.verdict_then->category, Category::kNotBlocked);
  EXPECT_EQ(difference.verdict_now->category, Category::kResource);
  EXPECT_EQ(difference.blocker_then, std::nullopt);
  EXPECT_EQ(difference.blocker_now->open_time, start_ + absl::Seconds(10));
  EXPECT_THAT(difference.verdicts,
              ElementsAre(ReplayedVerdict{start_, "e1", Category::kNotBlocked, {}},
                          ReplayedVerdict{start_ + absl::Seconds(10), "e2", Category::kResource,
                                          Reason::kBudgetOrProcurement}));
  EXPECT_EQ(File().blocker, std::nullopt) << "comparing writes nothing";

  Apply();
  EXPECT_EQ(File().ticket.classification->category, Category::kResource);
  EXPECT_EQ(File().blocker->open_time, start_ + absl::Seconds(10));
  EXPECT_GT(*File().blocker->next_escalation_time, clock_.Now()) << "no storm";
  EXPECT_EQ(History().back().actor, "replay");
  EXPECT_THAT(History().back().note, HasSubstr("other-1, asked by ann"));
  EXPECT_THAT(*store_->ListEscalations("acme", 0, {}), IsEmpty());
  EXPECT_FALSE(Compare().differs()) << "a second time there is nothing to do";
}

TEST_F(ReplayTest, ABlockerThatIsNoneEndsWhenTheWordsSaidSo) {
  Say("e1", 0, "[build]");
  const TicketDifference difference = Apply();
  EXPECT_EQ(difference.blocker_then->state, BlockerState::kOpen);
  EXPECT_EQ(File().blocker->state, BlockerState::kResolved);
  EXPECT_EQ(File().blocker->resolve_time, start_);
  EXPECT_EQ(difference.next_now, std::nullopt);
  EXPECT_NE(difference.next_then, std::nullopt);
  EXPECT_EQ(File().blocker->resolved_text, std::nullopt) << "it was no person's word";
}

TEST_F(ReplayTest, StepsThatWereTakenAreNotTakenAgain) {
  Say("e1", 0, "[legal]");
  clock_.Advance(absl::Hours(1000));
  TakeDueSteps();
  const size_t taken = store_->ListEscalations("acme", 0, {})->size();
  ASSERT_GT(taken, 0U);
  Say("e2", 10, "[money]");
  TakeDueSteps();
  Apply();
  TakeDueSteps();
  EXPECT_EQ(store_->ListEscalations("acme", 0, {})->size(), taken);
}

TEST_F(ReplayTest, APersonsCorrectionStands) {
  Say("e1", 0, "[build]");
  JudgementRequest request;
  request.tenant = "acme";
  request.ticket = key_;
  request.judgement = {"ann", Category::kResource, Reason::kStaffing, {}, ""};
  Do([&](Transaction& tx) { return intake_.Judge(request, tx).status(); });
  const TicketDifference difference = Apply();
  EXPECT_TRUE(difference.kept_by_person);
  EXPECT_EQ(difference.verdict_now->corrected_by, "ann");
  EXPECT_EQ(File().blocker->category, Category::kResource);
  EXPECT_EQ(File().blocker->state, BlockerState::kOpen);
  EXPECT_TRUE(File().ticket.correction.has_value());
}

TEST_F(ReplayTest, WhatAPersonTookUpIsNotEnded) {
  Say("e1", 0, "[build]");
  const Blocker taken = Acknowledge(*File().blocker, "ann", "", start_)->blocker;
  Do([&](Transaction& tx) { return tx.PutBlocker(taken).status(); });
  EXPECT_TRUE(Apply().kept_by_person);
  EXPECT_EQ(File().blocker->state, BlockerState::kAcknowledged);
}

TEST_F(ReplayTest, WhatAPersonEndedIsNotOpened) {
  Say("e1", 0, "[legal] and [money]");
  const uint64_t text = TextFingerprint(File().ticket.state);
  const Blocker ended = ResolveByPerson(*File().blocker, "ann", "", text, start_).blocker;
  Do([&](Transaction& tx) { return tx.PutBlocker(ended).status(); });
  EXPECT_TRUE(Apply().kept_by_person);
  EXPECT_EQ(File().blocker->state, BlockerState::kResolved);
}

TEST_F(ReplayTest, ErasedAndDeletedTicketsArePassedOver) {
  Say("e1", 0, "[build]");
  Erasure erasure;
  erasure.tenant = "acme";
  erasure.kind = ErasureKind::kTicket;
  erasure.subject = TicketSubject(key_);
  Do([&](Transaction& tx) { return tx.EraseTexts(key_, TextEraser::OfStored(erasure)).status(); });
  EXPECT_TRUE(Compare().skipped);
  Apply();
  EXPECT_EQ(File().blocker->state, BlockerState::kOpen) << "the structure stays";
}

TEST_F(ReplayTest, EventsThatAreNotAllThereTellNoHistory) {
  Say("e1", 0, "fine");
  TicketFile file = File();
  file.ticket.state.ticket.labels = {"from an event that is gone"};
  file.ticket.state.ticket.description = "[money]";
  const absl::StatusOr<TicketDifference> difference = replay_.Compare(key_, file, clock_.Now());
  ASSERT_THAT(difference, IsOk());
  EXPECT_THAT(difference->verdicts, IsEmpty());
  EXPECT_EQ(difference->verdict_now->category, Category::kResource)
      << "what is judged is the ticket as it stands";
}

}  // namespace
}  // namespace clearway
