#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/store/event_codec.h"
#include "tests/store/conformance/conformance.h"
#include "tests/store/part_matchers.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;

RawEvent Raw(const TicketKey& key, const std::string& id, absl::Time received) {
  TicketEvent event;
  event.tenant = key.tenant;
  event.source = key.source;
  event.version = {received, 7, id};
  event.ticket.key = key.key;
  event.ticket.description = "words of " + id;
  event.fields.set(static_cast<size_t>(TicketField::kDescription));
  event.comment_upserts = {{"c1", "ana", "ana's words", At(1), absl::InfinitePast()}};
  return {key, id, received, *PackEvent(event)};
}

Erasure Asked(ErasureKind kind, const std::string& subject) {
  Erasure erasure;
  erasure.tenant = kTenant;
  erasure.kind = kind;
  erasure.subject = subject;
  erasure.time = At(1000);
  erasure.actor = "dpo";
  erasure.reason = "a request";
  return erasure;
}

class StoreErasuresTest : public StoreConformanceTest {
 protected:
  template <typename Work>
  void Do(Work work) {
    EXPECT_THAT(store().Transact(work), IsOk());
  }
  void Put(const RawEvent& event) {
    Do([&](Transaction& tx) { return tx.InsertRawEvent(event); });
  }
  void PutTicket(const TicketKey& key) { StoreConformanceTest::Put(key, FullTicket()); }
  int64_t Insert(const Erasure& erasure) {
    int64_t id = 0;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(id, tx.InsertErasure(erasure));
      return absl::OkStatus();
    });
    return id;
  }
  int64_t Erase(const TicketKey& key, const Erasure& erasure) {
    int64_t rows = 0;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(rows, tx.EraseTexts(key, TextEraser::OfStored(erasure)));
      return absl::OkStatus();
    });
    return rows;
  }
  int64_t Purge(Kept kept, absl::Time before, int limit = 100) {
    int64_t rows = 0;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(rows, tx.Purge(kept, kTenant, before, limit));
      return absl::OkStatus();
    });
    return rows;
  }
  std::optional<TicketFile> File(const TicketKey& key) {
    absl::StatusOr<std::optional<TicketFile>> file = store().GetTicketFile(key);
    EXPECT_THAT(file, IsOk());
    return file.ok() ? *file : std::nullopt;
  }
  // A ticket with all there can be of it; the id of its blocker.
  int64_t PutEverything(const TicketKey& key) {
    PutTicket(key);
    Blocker blocker = OpenBlocker(key);
    blocker.title = FullTicket().state.ticket.title;
    blocker.waiting_on = "the secret party";
    const int64_t id = StoreConformanceTest::Put(blocker);
    Append(kTenant, id, {At(1), "classifier", {}, BlockerState::kOpen, {}, {}, "got stuck"});
    Append(kTenant, id,
           {At(2), "ana", BlockerState::kOpen, BlockerState::kAcknowledged, {}, {}, "ana took it"});
    StoreConformanceTest::Put(FullEscalation(id, key));
    Feedback feedback = FullFeedback(id);
    feedback.ticket = key;
    StoreConformanceTest::Put(feedback);
    Put(Raw(key, "e-" + key.key, At(5)));
    return id;
  }
};

TEST_P(StoreErasuresTest, RawEventsComeBackInTheOrderOfTheirReceipt) {
  PutTicket(Key());
  const RawEvent late = Raw(Key(), "late", At(9));
  const RawEvent first = Raw(Key(), "first", At(3));
  const RawEvent other = Raw(Key("PAY-2"), "other", At(4));
  for (const RawEvent& event : {late, first, other}) Put(event);
  const std::optional<TicketFile> file = File(Key());
  ASSERT_TRUE(file.has_value());
  EXPECT_THAT(file->events, ElementsAre(first, late));
  EXPECT_EQ(file->ticket, FullTicket());
  EXPECT_EQ(file->blocker, std::nullopt);
  EXPECT_EQ(File(Key("PAY-2")), std::nullopt) << "of an unknown ticket there is no file";
}

TEST_P(StoreErasuresTest, TheFileOfATicketHoldsItsLatestBlocker) {
  PutTicket(Key());
  StoreConformanceTest::Put(Resolved(OpenBlocker(Key()), At(1)));
  const int64_t latest = StoreConformanceTest::Put(OpenBlocker(Key()));
  EXPECT_EQ(File(Key())->blocker->id, latest);
}

TEST_P(StoreErasuresTest, TicketsAreListedByKeyBehindTheLast) {
  const TicketKey github{kTenant, "github", "z#9"};
  for (const TicketKey& key : {Key("B"), Key("A"), github, Key("C", kOtherTenant)}) PutTicket(key);
  EXPECT_THAT(store().ListTickets(kTenant, std::nullopt, 10),
              IsOkAndHolds(ElementsAre(github, Key("A"), Key("B"))));
  EXPECT_THAT(store().ListTickets(kTenant, github, 1), IsOkAndHolds(ElementsAre(Key("A"))));
  EXPECT_THAT(store().ListTickets(kTenant, Key("B"), 10), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreErasuresTest, TicketsWithEventsAreThoseThatHadOneOfLate) {
  Put(Raw(Key("A"), "a1", At(1)));
  Put(Raw(Key("A"), "a2", At(9)));
  Put(Raw(Key("B"), "b1", At(5)));
  Put(Raw(Key("C"), "c1", At(6)));
  EXPECT_THAT(store().ListTicketsWithEvents(kTenant, At(6), std::nullopt, 10),
              IsOkAndHolds(ElementsAre(Key("A"), Key("C"))));
  EXPECT_THAT(store().ListTicketsWithEvents(kTenant, At(5), Key("A"), 1),
              IsOkAndHolds(ElementsAre(Key("B"))));
  EXPECT_THAT(store().ListTicketsWithEvents(kOtherTenant, At(0), std::nullopt, 10),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreErasuresTest, RecordsAreListedNewestFirstAndCounted) {
  Erasure first = Asked(ErasureKind::kTicket, "jira/PAY-1");
  Erasure second = Asked(ErasureKind::kAuthor, AuthorSubject(kTenant, "ana"));
  first.id = Insert(first);
  second.id = Insert(second);
  EXPECT_GT(second.id, first.id);
  Do([&](Transaction& tx) { return tx.AddErased(kTenant, first.id, 3, false); });
  Do([&](Transaction& tx) { return tx.AddErased(kTenant, first.id, 4, true); });
  first.rows = 7;
  first.done = true;
  EXPECT_THAT(store().ListErasures(kTenant, {}), IsOkAndHolds(ElementsAre(second, first)));
  EXPECT_THAT(store().ListErasures(kTenant, {.size = 1, .before_id = second.id}),
              IsOkAndHolds(ElementsAre(first)));
  EXPECT_THAT(store().UnfinishedErasures(10), IsOkAndHolds(ElementsAre(second)));
  EXPECT_THAT(store().Transact(
                  [&](Transaction& tx) { return tx.AddErased(kOtherTenant, first.id, 1, true); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreErasuresTest, AreFoundBySubjectAndOnlyWhereSomebodyAsked) {
  Erasure retention = Asked(ErasureKind::kRetention, "raw_events");
  Insert(retention);
  Do([&](Transaction& tx) {
    EXPECT_THAT(tx.HasErasures(kTenant), IsOkAndHolds(false)) << "retention keeps nothing away";
    return absl::OkStatus();
  });
  Erasure author = Asked(ErasureKind::kAuthor, AuthorSubject(kTenant, "ana"));
  author.id = Insert(author);
  Do([&](Transaction& tx) {
    EXPECT_THAT(tx.HasErasures(kTenant), IsOkAndHolds(true));
    EXPECT_THAT(tx.HasErasures(kOtherTenant), IsOkAndHolds(false));
    EXPECT_THAT(tx.FindErasures(kTenant, {"x", author.subject, "raw_events"}),
                IsOkAndHolds(ElementsAre(author)));
    return absl::OkStatus();
  });
}

TEST_P(StoreErasuresTest, AnErasureIsSeenInItsOwnTransaction) {
  Do([&](Transaction& tx) {
    EXPECT_THAT(tx.HasErasures(kTenant), IsOkAndHolds(false));
    EXPECT_THAT(tx.InsertErasure(Asked(ErasureKind::kTicket, "jira/PAY-1")), IsOk());
    EXPECT_THAT(tx.HasErasures(kTenant), IsOkAndHolds(true));
    return absl::OkStatus();
  });
}

TEST_P(StoreErasuresTest, AWholeTicketsTextsGoFromEveryRow) {
  const int64_t id = PutEverything(Key());
  const int64_t other = PutEverything(Key("PAY-2"));
  const Erasure erasure = Asked(ErasureKind::kTicket, TicketSubject(Key()));
  const int64_t rows = 6;  // ticket, event, blocker, ana's change, escalation, feedback
  EXPECT_THAT(store().CountTexts(Key(), TextEraser::OfStored(erasure)), IsOkAndHolds(rows));
  EXPECT_EQ(Erase(Key(), erasure), rows);
  EXPECT_EQ(Erase(Key(), erasure), 0) << "a second time there is nothing to do";

  const TicketFile file = *File(Key());
  const TicketState& state = file.ticket.state;
  EXPECT_EQ(state.ticket.title, "");
  EXPECT_EQ(state.ticket.description, "");
  EXPECT_EQ(state.ticket.reporter, "");
  EXPECT_EQ(state.ticket.status, "In Progress") << "the structure stays";
  EXPECT_EQ(state.comments.size(), 2U);
  EXPECT_EQ(state.comments[0].comment.body, "");
  EXPECT_TRUE(state.erased && state.body_erased);
  EXPECT_THAT(file.ticket.classification->evidence, IsEmpty());
  EXPECT_EQ(file.ticket.classification->category, Category::kCrossTeam);
  EXPECT_EQ(file.blocker->title, "");
  EXPECT_EQ(file.blocker->waiting_on, "");
  EXPECT_EQ(file.blocker->id, id);
  const absl::StatusOr<TicketEvent> event = UnpackEvent(file.events[0].packed);
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(event->ticket.description, "");
  EXPECT_EQ(event->comment_upserts[0].body, "");
  EXPECT_EQ(event->version.event_id, "e-PAY-1");
  const std::vector<BlockerChange> history = *store().ListChanges(kTenant, id);
  EXPECT_EQ(history[0].note, "got stuck") << "the program's own words";
  EXPECT_EQ(history[1].note, "");
  EXPECT_EQ(history[1].actor, "ana");
  const Escalation step = store().ListEscalations(kTenant, id, {})->front();
  EXPECT_EQ(step.draft_message + step.rationale + step.target, "");
  EXPECT_THAT(step.steps, IsEmpty());
  EXPECT_EQ(step.level, 2);
  const std::vector<Feedback> feedback =
      store().ListFeedback(kTenant, absl::InfinitePast(), {})->rows;
  EXPECT_EQ(feedback[1].note, "");
  EXPECT_EQ(feedback[1].snapshot, std::nullopt);
  EXPECT_NE(feedback[0].snapshot, std::nullopt) << "another ticket's stays";
  EXPECT_EQ(File(Key("PAY-2"))->ticket, FullTicket());
  EXPECT_EQ(store().ListChanges(kTenant, other)->at(1).note, "ana took it");
}

// One message may tell of several tickets; it stands with the first of them.
TEST_P(StoreErasuresTest, AMessageAboutOthersTooLosesItsTexts) {
  PutTicket(Key());
  const int64_t id = StoreConformanceTest::Put(OpenBlocker(Key()));
  const int64_t first = StoreConformanceTest::Put(OpenBlocker(Key("PAY-2")));
  Do([&](Transaction& tx) -> absl::Status {
    Escalation message = FullEscalation(first, Key("PAY-2"));
    message.members = {{first, Key("PAY-2"), "Another", 1, At(1)}, {id, Key(), "Secret", 1, At(1)}};
    TakenStep step = FullStep(id);
    ASSIGN_OR_RETURN(step.escalation_id, tx.InsertEscalation(message));
    return tx.InsertStep(step);
  });
  Erase(Key(), Asked(ErasureKind::kTicket, TicketSubject(Key())));
  const Escalation left = store().ListEscalations(kTenant, first, {})->front();
  EXPECT_EQ(left.draft_message + left.rationale + left.next_step + left.fallback, "");
  ASSERT_EQ(left.members.size(), 2U);
  EXPECT_EQ(left.members[1].title, "");
}

TEST_P(StoreErasuresTest, AnAuthorsTextsGoAndOthersStay) {
  const int64_t id = PutEverything(Key());
  const Erasure erasure = Asked(ErasureKind::kAuthor, AuthorSubject(kTenant, "ana"));
  EXPECT_EQ(Erase(Key(), erasure), 6);
  EXPECT_THAT(store().CountTexts(Key(), TextEraser::OfStored(erasure)), IsOkAndHolds(0));
  const TicketFile file = *File(Key());
  const TicketState& state = file.ticket.state;
  EXPECT_EQ(state.ticket.title, FullTicket().state.ticket.title) << "ben reported it";
  EXPECT_EQ(state.ticket.assignee, "");
  EXPECT_EQ(state.ticket.reporter, "ben");
  EXPECT_EQ(state.comments[0].comment.body, "");
  EXPECT_FALSE(state.body_erased);
  EXPECT_TRUE(state.erased);
  EXPECT_EQ(file.ticket.correction->judgement.actor, kErasedActor);
  EXPECT_EQ(UnpackEvent(file.events[0].packed)->ticket.description, "words of e-PAY-1");
  EXPECT_EQ(UnpackEvent(file.events[0].packed)->comment_upserts[0].body, "");
  const std::vector<BlockerChange> history = *store().ListChanges(kTenant, id);
  EXPECT_EQ(history[1].actor, kErasedActor);
  EXPECT_EQ(history[1].note, "");
  const Feedback feedback = store().ListFeedback(kTenant, absl::InfinitePast(), {})->rows.front();
  EXPECT_EQ(feedback.judgement.actor, kErasedActor);
  EXPECT_EQ(feedback.judgement.category, Category::kResource) << "what was judged stays";
}

TEST_P(StoreErasuresTest, AStrangersErasureTouchesNothing) {
  PutEverything(Key());
  const Erasure erasure = Asked(ErasureKind::kAuthor, AuthorSubject(kTenant, "nobody"));
  EXPECT_EQ(Erase(Key(), erasure), 0);
  EXPECT_EQ(File(Key())->ticket, FullTicket());
  EXPECT_EQ(Erase(Key("PAY-404"), erasure), 0) << "an unknown ticket is no error";
}

TEST_P(StoreErasuresTest, OldRawEventsArePurgedInBatches) {
  for (int i = 1; i <= 5; ++i) Put(Raw(Key(), "e" + std::to_string(i), At(i)));
  PutTicket(Key());
  EXPECT_EQ(Purge(Kept::kRawEvents, At(5), 3), 3);
  EXPECT_EQ(Purge(Kept::kRawEvents, At(5), 3), 1);
  EXPECT_EQ(Purge(Kept::kRawEvents, At(5), 3), 0);
  EXPECT_EQ(File(Key())->events.size(), 1U);
}

TEST_P(StoreErasuresTest, OldResolvedBlockersArePurgedWithWhatHangsOnThem) {
  const int64_t old = StoreConformanceTest::Put(Resolved(OpenBlocker(Key()), At(10)));
  Append(kTenant, old, {At(2), "ana", {}, BlockerState::kResolved, {}, {}, "note"});
  StoreConformanceTest::Put(FullEscalation(old));
  StoreConformanceTest::Put(FullFeedback(old));
  Blocker by_person = Resolved(OpenBlocker(Key("PAY-2")), At(10));
  by_person.resolved_text = 7;
  const int64_t kept = StoreConformanceTest::Put(by_person);
  const int64_t fresh = StoreConformanceTest::Put(Resolved(OpenBlocker(Key("PAY-3")), At(99)));
  const int64_t lasting = StoreConformanceTest::Put(OpenBlocker(Key("PAY-4")));
  EXPECT_EQ(Purge(Kept::kResolvedBlockers, At(50)), 3) << "blocker, change, escalation";
  EXPECT_EQ(Purge(Kept::kResolvedBlockers, At(50)), 0);
  EXPECT_THAT(store().GetBlocker(kTenant, old), StatusIs(absl::StatusCode::kNotFound));
  for (const int64_t id : {kept, fresh, lasting}) {
    EXPECT_THAT(store().GetBlocker(kTenant, id), IsOk()) << id;
  }
  EXPECT_THAT(store().ListChanges(kTenant, old), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(store().ListFeedback(kTenant, absl::InfinitePast(), {})->rows.front().blocker_id, 0);
}

TEST_P(StoreErasuresTest, AMessageAboutOthersTooForgetsTheBlockerThatIsPurged) {
  const int64_t first = StoreConformanceTest::Put(OpenBlocker(Key()));
  const int64_t second = StoreConformanceTest::Put(OpenBlocker(Key("PAY-2")));
  const int64_t old = StoreConformanceTest::Put(Resolved(OpenBlocker(Key("PAY-3")), At(10)));
  const EscalationMember lead{first, Key(), "Lead", 1, At(1)};
  const EscalationMember other{second, Key("PAY-2"), "Other", 1, At(1)};
  const EscalationMember over{old, Key("PAY-3"), "Over", 1, At(1)};
  Escalation of_three = FullEscalation(first);
  of_three.members = {lead, other, over};
  Escalation of_two = of_three;
  of_two.members = {lead, over};
  Do([&](Transaction& tx) -> absl::Status {
    int level = 0;
    for (Escalation* message : {&of_three, &of_two}) {
      ASSIGN_OR_RETURN(message->id, tx.InsertEscalation(*message));
      TakenStep step = FullStep(old, 0, ++level);
      step.escalation_id = message->id;
      RETURN_IF_ERROR(tx.InsertStep(step));
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(Purge(Kept::kResolvedBlockers, At(50)), 1);
  of_three.members = {lead, other};
  of_three.draft_message.clear();
  of_two.members.clear();
  of_two.draft_message.clear();
  EXPECT_THAT(store().ListEscalations(kTenant, first, {}),
              IsOkAndHolds(ElementsAre(of_two, of_three)));
}

TEST_P(StoreErasuresTest, WhatAPersonEndedGoesOnceItIsNotTheLatest) {
  Blocker by_person = Resolved(OpenBlocker(Key()), At(10));
  by_person.resolved_text = 7;
  const int64_t old = StoreConformanceTest::Put(by_person);
  StoreConformanceTest::Put(OpenBlocker(Key(), At(20)));
  EXPECT_EQ(Purge(Kept::kResolvedBlockers, At(50)), 1);
  EXPECT_THAT(store().GetBlocker(kTenant, old), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(StoreErasuresTest, OldFeedbackIsPurged) {
  StoreConformanceTest::Put(FullFeedback(0));  // at 20
  EXPECT_EQ(Purge(Kept::kFeedback, At(20)), 0) << "not older than";
  EXPECT_EQ(Purge(Kept::kFeedback, At(21)), 1);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(IsEmpty())));
}

TEST_P(StoreErasuresTest, ADeletedTicketIsGoneButForTheIdsOfItsEvents) {
  PutEverything(Key());
  PutEverything(Key("PAY-2"));
  Do([&](Transaction& tx) { return tx.InsertEvent(Key(), {At(5), 0, "e-PAY-1"}, At(5)).status(); });
  Do([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t rows, tx.DeleteTicket(Key()));
    EXPECT_EQ(rows, 7);
    return absl::OkStatus();
  });
  EXPECT_THAT(store().GetTicketFile(Key()), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(store().ListTickets(kTenant, std::nullopt, 9),
              IsOkAndHolds(ElementsAre(Key("PAY-2"))));
  EXPECT_EQ(store().ListFeedback(kTenant, absl::InfinitePast(), {})->rows.size(), 1U);
  Do([&](Transaction& tx) {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(5), 0, "e-PAY-1"}, At(6)), IsOkAndHolds(false));
    return absl::OkStatus();
  });
}

TEST_P(StoreErasuresTest, CompactingLeavesWhatIsThere) {
  PutEverything(Key());
  EXPECT_THAT(store().Compact(), IsOk());
  EXPECT_EQ(File(Key())->ticket, FullTicket());
}

CLEARWAY_ALL_BACKENDS(StoreErasuresTest);

}  // namespace
}  // namespace clearway::testing
