#include "service/domain/erasure.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kTenant[] = "acme";

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

Erasure Of(ErasureKind kind, const std::string& subject) {
  Erasure erasure;
  erasure.tenant = kTenant;
  erasure.kind = kind;
  erasure.subject = subject;
  erasure.time = At(100);
  return erasure;
}

Erasure OfTicket() { return Of(ErasureKind::kTicket, "jira/PAY-1"); }
Erasure OfAna() { return Of(ErasureKind::kAuthor, AuthorSubject(kTenant, "ana")); }

TicketEvent Event(absl::Time time) {
  TicketEvent event;
  event.tenant = kTenant;
  event.source = "jira";
  event.version = {time, 0, "e"};
  event.actor = "ana";
  Ticket& ticket = event.ticket;
  ticket.key = "PAY-1";
  ticket.title = "Ben's title";
  ticket.description = "Ben's words";
  ticket.reporter = "ben";
  ticket.assignee = "ana";
  ticket.status = "Open";
  ticket.labels = {"money"};
  ticket.comments = {{"1", "ana", "before", At(50), absl::InfinitePast()},
                     {"2", "ana", "after", At(150), absl::InfinitePast()},
                     {"3", "ana", "some time", absl::InfinitePast(), absl::InfinitePast()},
                     {"4", "ben", "another's", At(50), absl::InfinitePast()}};
  event.comment_upserts = {{"5", "ana", "before too", At(60), At(200)}};
  return event;
}

std::vector<std::string> Bodies(const TicketEvent& event) {
  std::vector<std::string> bodies;
  for (const Comment& comment : event.ticket.comments) bodies.push_back(comment.body);
  return bodies;
}

TEST(ErasureTest, SubjectsTellTenantsAndPeopleApartAndShowNoId) {
  EXPECT_EQ(TicketSubject({kTenant, "jira", "PAY-1"}), "jira/PAY-1");
  const std::string ana = AuthorSubject(kTenant, "ana");
  EXPECT_THAT(ana, AllOf(SizeIs(64), Not(::testing::HasSubstr("ana"))));
  EXPECT_EQ(ana, AuthorSubject(kTenant, "ana"));
  EXPECT_NE(ana, AuthorSubject("globex", "ana"));
  EXPECT_NE(ana, AuthorSubject(kTenant, "ana "));
}

TEST(ErasureTest, AnEventFallsUnderItsTicketAndEveryoneItNames) {
  EXPECT_THAT(SubjectsOf(Event(At(0))),
              UnorderedElementsAre("jira/PAY-1", AuthorSubject(kTenant, "ana"),
                                   AuthorSubject(kTenant, "ben")));
}

TEST(ErasureTest, OfAnAuthorOnlyWhatIsNotKnownToBeNewGoes) {
  TicketEvent event = Event(At(200));
  EXPECT_TRUE(TextEraser::OfIncoming(OfAna()).Erase(false, &event));
  EXPECT_THAT(Bodies(event), ElementsAre("", "after", "", "another's"));
  EXPECT_EQ(event.comment_upserts[0].body, "") << "an edit does not make old words new";
  EXPECT_EQ(event.ticket.comments[0].author, "");
  EXPECT_EQ(event.ticket.comments[1].author, "ana");
  EXPECT_EQ(event.ticket.title, "Ben's title");
  EXPECT_EQ(event.ticket.assignee, "ana") << "said after the erasure";
  EXPECT_EQ(event.actor, "ana");
}

TEST(ErasureTest, AnOldEventNamesTheAuthorNoMore) {
  TicketEvent event = Event(At(90));
  EXPECT_TRUE(TextEraser::OfIncoming(OfAna()).Erase(false, &event));
  EXPECT_EQ(event.ticket.assignee, "");
  EXPECT_EQ(event.actor, "");
}

TEST(ErasureTest, TitleAndDescriptionAreTheReporters) {
  TicketEvent event = Event(At(200));
  event.ticket.reporter = "ana";
  const TextEraser eraser = TextEraser::OfIncoming(OfAna());
  EXPECT_TRUE(eraser.TakesBody(event.ticket));
  EXPECT_TRUE(eraser.Erase(false, &event));
  EXPECT_EQ(event.ticket.title + event.ticket.description + event.ticket.reporter, "");
  event.ticket.reporter = "ana";
  event.ticket.create_time = At(150);
  EXPECT_FALSE(eraser.TakesBody(event.ticket)) << "a ticket that is newer than the erasure";
}

TEST(ErasureTest, OfATicketEverythingOldGoesWhoeverWroteIt) {
  TicketEvent event = Event(At(90));
  EXPECT_TRUE(TextEraser::OfIncoming(OfTicket()).Erase(false, &event));
  EXPECT_THAT(Bodies(event), ElementsAre("", "after", "", ""));
  EXPECT_EQ(event.ticket.title, "");
  EXPECT_THAT(event.ticket.labels, IsEmpty());
  EXPECT_EQ(event.ticket.status, "Open");
  EXPECT_EQ(event.ticket.key, "PAY-1");
}

TEST(ErasureTest, WhatIsStoredGoesWhateverItsTime) {
  TicketEvent event = Event(At(200));
  EXPECT_TRUE(TextEraser::OfStored(OfAna()).Erase(false, &event));
  EXPECT_THAT(Bodies(event), ElementsAre("", "", "", "another's"));
  EXPECT_FALSE(TextEraser::OfStored(OfAna()).Erase(false, &event)) << "there is nothing left";
}

TEST(ErasureTest, AStateIsMarkedOnlyWhereSomethingWent) {
  TicketState state;
  state.ticket.reporter = "ben";
  state.comments = {{{"1", "ben", "words", At(1), absl::InfinitePast()}, {}, false}};
  EXPECT_FALSE(TextEraser::OfStored(OfAna()).Erase(false, &state));
  EXPECT_FALSE(state.erased);
  state.ticket.reporter = "ana";
  EXPECT_TRUE(TextEraser::OfStored(OfAna()).Erase(false, &state));
  EXPECT_TRUE(state.erased && state.body_erased);
  EXPECT_EQ(state.comments[0].comment.body, "words");
}

TEST(ErasureTest, QuotesStayWhereTheWordsStillStand) {
  Ticket left;
  left.description = "we wait for legal";
  Classification verdict;
  verdict.evidence = {{"description", 0, 7, "we wait"}, {"comments[0]", 0, 4, "gone"}};
  verdict.waiting_on = "legal";
  EXPECT_TRUE(TextEraser::EraseQuotes(left, &verdict));
  EXPECT_THAT(verdict.evidence, SizeIs(1));
  EXPECT_EQ(verdict.waiting_on, "legal");
  EXPECT_FALSE(TextEraser::EraseQuotes(left, &verdict));
  EXPECT_TRUE(TextEraser::EraseQuotes(Ticket(), &verdict));
  EXPECT_EQ(verdict.waiting_on, "");
}

TEST(ErasureTest, AHistoryKeepsWhoAndWhenButForTheAuthor) {
  BlockerChange ours{At(1), "policy", {}, {}, {}, {}, "step 1"};
  BlockerChange anas{At(1), "ana", {}, {}, {}, {}, "words"};
  BlockerChange bens{At(1), "ben", {}, {}, {}, {}, "words"};
  const TextEraser eraser = TextEraser::OfStored(OfAna());
  EXPECT_FALSE(eraser.Erase(&ours));
  EXPECT_TRUE(eraser.Erase(&anas));
  EXPECT_EQ(anas.actor, kErasedActor);
  EXPECT_EQ(anas.note, "");
  EXPECT_FALSE(eraser.Erase(&bens));
  EXPECT_TRUE(TextEraser::OfStored(OfTicket()).Erase(&bens));
  EXPECT_EQ(bens.actor, "ben");
  EXPECT_EQ(bens.note, "");
}

}  // namespace
}  // namespace clearway
