#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/intake/intake.h"
#include "service/store/event_codec.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;

class ErasedEventTest : public ::testing::Test {
 protected:
  TicketEvent Event(const std::string& id, int64_t at) {
    TicketEvent event;
    event.tenant = "acme";
    event.source = "jira";
    event.version = {start_ + absl::Seconds(at), 0, id};
    event.ticket.key = "PAY-1";
    event.ticket.title = "a title";
    event.ticket.description = "[legal] first words";
    event.ticket.reporter = "ben";
    event.ticket.comments = {
        {"1", "ana", "secret words", start_ + absl::Seconds(1), absl::InfinitePast()}};
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    return event;
  }
  void Apply(const TicketEvent& event) {
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      return intake_.Apply(event, intake_.Foresee(event), tx).status();
    }),
                IsOk());
  }
  // As ErasureService does it, at second 100.
  void Erase(ErasureKind kind, const std::string& subject) {
    Erasure erasure;
    erasure.tenant = "acme";
    erasure.kind = kind;
    erasure.subject = subject;
    erasure.time = start_ + absl::Seconds(100);
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.InsertErasure(erasure).status());
      return tx.EraseTexts(key_, TextEraser::OfStored(erasure)).status();
    }),
                IsOk());
  }
  TicketFile File() {
    absl::StatusOr<std::optional<TicketFile>> file = store_->GetTicketFile(key_);
    EXPECT_THAT(file, IsOk());
    return **file;
  }
  std::string CommentBody(size_t i) { return File().ticket.state.comments.at(i).comment.body; }

  const TicketKey key_{"acme", "jira", "PAY-1"};
  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  const testing::FakeClassifier classifier_;
  const CurrentPlanner planner_{testing::TwoStepPlanner()};
  const std::unique_ptr<Store> store_ = *SqliteStore::Open({.path = ":memory:"});
  const Intake intake_{classifier_, planner_, clock_, absl::Hours(24)};
};

TEST_F(ErasedEventTest, AnEventIsKeptAsItCame) {
  Apply(Event("e1", 2));
  const TicketFile file = File();
  ASSERT_EQ(file.events.size(), 1U);
  EXPECT_EQ(UnpackEvent(file.events[0].packed)->ticket, Event("e1", 2).ticket);
  EXPECT_EQ(file.events[0].receive_time, clock_.Now());
  Apply(Event("e1", 2));
  EXPECT_EQ(File().events.size(), 1U) << "a repeated one is not kept twice";
}

TEST_F(ErasedEventTest, NothingIsKeptWhereItIsNotWanted) {
  const Intake intake(classifier_, planner_, clock_, absl::Hours(24), {}, {},
                      /*keep_events=*/false);
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    return intake.Apply(Event("e1", 2), std::nullopt, tx).status();
  }),
              IsOk());
  EXPECT_TRUE(File().events.empty());
}

TEST_F(ErasedEventTest, AnAuthorsOldWordsDoNotComeBackUnderAnotherId) {
  Apply(Event("e1", 2));
  Erase(ErasureKind::kAuthor, AuthorSubject("acme", "ana"));
  EXPECT_EQ(CommentBody(0), "");
  Apply(Event("e2", 200));
  EXPECT_EQ(CommentBody(0), "");
  EXPECT_EQ(File().ticket.state.ticket.description, "[legal] first words") << "ben wrote it";
  for (const RawEvent& raw : File().events) {
    EXPECT_EQ(UnpackEvent(raw.packed)->ticket.comments[0].body, "");
  }
}

TEST_F(ErasedEventTest, WhatTheAuthorWritesSinceIsTaken) {
  Apply(Event("e1", 2));
  Erase(ErasureKind::kAuthor, AuthorSubject("acme", "ana"));
  TicketEvent event = Event("e2", 200);
  event.ticket.comments.push_back(
      {"2", "ana", "new words", start_ + absl::Seconds(150), absl::InfinitePast()});
  Apply(event);
  EXPECT_EQ(CommentBody(0), "");
  EXPECT_EQ(CommentBody(1), "new words");
}

TEST_F(ErasedEventTest, AReportersBodyStaysAwayAlsoWhereTheEventDoesNotSayWhoseItIs) {
  Apply(Event("e1", 2));
  Erase(ErasureKind::kAuthor, AuthorSubject("acme", "ben"));
  TicketEvent partial = Event("e2", 200);
  partial.ticket.reporter.clear();
  partial.fields.reset();
  partial.fields.set(static_cast<size_t>(TicketField::kDescription));
  Apply(partial);
  EXPECT_EQ(File().ticket.state.ticket.description, "");
  EXPECT_EQ(CommentBody(0), "secret words") << "ana's stay";
}

TEST_F(ErasedEventTest, AWholeTicketStaysErasedAndGoesOn) {
  Apply(Event("e1", 2));
  Erase(ErasureKind::kTicket, TicketSubject(key_));
  TicketEvent event = Event("e2", 200);
  event.ticket.status = "Blocked";
  event.ticket.comments.push_back(
      {"2", "cleo", "[legal] again", start_ + absl::Seconds(150), absl::InfinitePast()});
  Apply(event);
  const TicketState state = File().ticket.state;
  EXPECT_EQ(state.ticket.title + state.ticket.description, "");
  EXPECT_EQ(state.ticket.status, "Blocked");
  EXPECT_EQ(state.comments[0].comment.body, "");
  EXPECT_EQ(state.comments[1].comment.body, "[legal] again");
  EXPECT_EQ(File().ticket.classification->category, Category::kCrossTeam);
}

TEST_F(ErasedEventTest, ATicketThatWasUnknownComesInWithoutTheTexts) {
  Erase(ErasureKind::kTicket, TicketSubject(key_));
  Apply(Event("e1", 2));
  const TicketState state = File().ticket.state;
  EXPECT_EQ(state.ticket.description, "");
  EXPECT_TRUE(state.body_erased);
}

}  // namespace
}  // namespace clearway
