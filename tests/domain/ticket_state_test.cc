#include "service/domain/ticket_state.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

// An event of second `at` that speaks of nothing yet.
TicketEvent Event(int64_t at, const std::string& id) {
  TicketEvent event;
  event.tenant = "acme";
  event.source = "jira";
  event.version = {At(at), 0, id};
  event.ticket.key = "PAY-1";
  return event;
}

TicketEvent WithTitle(TicketEvent event, const std::string& title) {
  event.ticket.title = title;
  event.fields.set(static_cast<size_t>(TicketField::kTitle));
  return event;
}

TicketEvent WithComments(TicketEvent event, std::vector<Comment> comments) {
  event.ticket.comments = std::move(comments);
  event.fields.set(static_cast<size_t>(TicketField::kComments));
  return event;
}

TicketState MergeAll(const std::vector<TicketEvent>& events) {
  TicketState state;
  for (const TicketEvent& event : events) Merge(event, &state);
  return state;
}

std::vector<std::string> Bodies(const TicketState& state) {
  std::vector<std::string> bodies;
  for (const Comment& comment : Snapshot(state).comments) bodies.push_back(comment.body);
  return bodies;
}

TEST(TicketStateTest, NewerValueOverwritesOlder) {
  const TicketState state =
      MergeAll({WithTitle(Event(1, "a"), "old"), WithTitle(Event(2, "b"), "new")});
  EXPECT_EQ(state.ticket.title, "new");
}

TEST(TicketStateTest, OlderValueDoesNotOverwriteNewer) {
  TicketState state = MergeAll({WithTitle(Event(2, "b"), "new")});
  EXPECT_FALSE(Merge(WithTitle(Event(1, "a"), "old"), &state));
  EXPECT_EQ(state.ticket.title, "new");
}

TEST(TicketStateTest, LateEventStillFillsFieldsThatNobodyWrote) {
  TicketState state = MergeAll({WithTitle(Event(2, "b"), "new")});
  TicketEvent late = WithTitle(Event(1, "a"), "old");
  late.ticket.status = "Blocked";
  late.fields.set(static_cast<size_t>(TicketField::kStatus));
  EXPECT_TRUE(Merge(late, &state));
  EXPECT_EQ(state.ticket.title, "new");
  EXPECT_EQ(state.ticket.status, "Blocked");
}

TEST(TicketStateTest, SequenceBreaksTiesOfTime) {
  TicketEvent first = WithTitle(Event(1, "z"), "first");
  TicketEvent second = WithTitle(Event(1, "a"), "second");
  second.version.sequence = 1;
  EXPECT_EQ(MergeAll({second, first}).ticket.title, "second");
}

TEST(TicketStateTest, EventIdBreaksTiesOfTimeAndSequence) {
  const TicketEvent a = WithTitle(Event(1, "a"), "a");
  const TicketEvent b = WithTitle(Event(1, "b"), "b");
  EXPECT_EQ(MergeAll({a, b}).ticket.title, "b");
  EXPECT_EQ(MergeAll({b, a}).ticket.title, "b");
}

TEST(TicketStateTest, SecondMergeOfAnEventChangesNothing) {
  TicketEvent event = WithComments(WithTitle(Event(1, "a"), "title"), {{"1", "dev", "hello"}});
  event.comment_upserts.push_back({"2", "dev", "world"});
  event.deleted_comment_ids.push_back("3");
  TicketState state = MergeAll({event});
  const TicketState before = state;
  EXPECT_FALSE(Merge(event, &state));
  EXPECT_EQ(state, before);
}

TEST(TicketStateTest, SnapshotOfCommentsDropsOlderOnesItLacks) {
  TicketEvent upsert = Event(1, "a");
  upsert.comment_upserts.push_back({"1", "dev", "gone since"});
  EXPECT_THAT(Bodies(MergeAll({upsert, WithComments(Event(2, "b"), {{"2", "dev", "kept"}})})),
              ElementsAre("kept"));
}

TEST(TicketStateTest, SnapshotOfCommentsKeepsNewerOnes) {
  TicketEvent upsert = Event(3, "a");
  upsert.comment_upserts.push_back({"1", "dev", "newer"});
  EXPECT_THAT(Bodies(MergeAll({upsert, WithComments(Event(2, "b"), {{"1", "dev", "older"}})})),
              ElementsAre("newer"));
}

TEST(TicketStateTest, DeletedCommentIsNotBroughtBackByLateEdit) {
  TicketEvent deletion = Event(3, "c");
  deletion.deleted_comment_ids.push_back("1");
  TicketEvent late_edit = Event(2, "b");
  late_edit.comment_upserts.push_back({"1", "dev", "edited"});
  EXPECT_THAT(Bodies(MergeAll({deletion, late_edit})), IsEmpty());
}

TEST(TicketStateTest, CommentsAreReadByTimeThenById) {
  TicketEvent event = Event(9, "a");
  event.comment_upserts = {
      {"10", "dev", "third", At(2)}, {"9", "dev", "second", At(2)}, {"77", "dev", "first", At(1)}};
  EXPECT_THAT(Bodies(MergeAll({event})), ElementsAre("first", "second", "third"));
}

TEST(TicketStateTest, CommentWithoutTimeTakesTheEventsTime) {
  TicketEvent event = Event(5, "a");
  event.comment_upserts.push_back({"1", "dev", "hello"});
  EXPECT_THAT(Snapshot(MergeAll({event})).comments,
              ElementsAre(Field(&Comment::create_time, At(5))));
}

TEST(TicketStateTest, PositionStandsInForMissingCommentIds) {
  const std::vector<Comment> comments = {{"", "dev", "one"}, {"", "dev", "two"}};
  EXPECT_THAT(Bodies(MergeAll(
                  {WithComments(Event(1, "a"), comments), WithComments(Event(2, "b"), comments)})),
              ElementsAre("one", "two"));
}

TEST(TicketStateTest, DeletionIsUndoneOnlyByNewerEvent) {
  TicketEvent deletion = Event(2, "b");
  deletion.deleted = true;
  EXPECT_TRUE(MergeAll({deletion, WithTitle(Event(1, "a"), "late")}).deleted);
  EXPECT_FALSE(MergeAll({deletion, WithTitle(Event(3, "c"), "back")}).deleted);
}

TEST(TicketStateTest, FingerprintFollowsTheWordsAlone) {
  const TicketState state =
      MergeAll({WithComments(WithTitle(Event(1, "a"), "ab"), {{"1", "x", "c"}})});
  TicketState relabelled = state;
  relabelled.ticket.labels.push_back("urgent");
  EXPECT_EQ(TextFingerprint(relabelled), TextFingerprint(state));
  TicketState moved = state;
  moved.ticket.title = "a";
  moved.ticket.description = "b";
  EXPECT_NE(TextFingerprint(moved), TextFingerprint(state));
  TicketState deleted = state;
  deleted.comments[0].deleted = true;
  EXPECT_NE(TextFingerprint(deleted), TextFingerprint(state));
}

// Events over few comments, fields and instants, so that they meet each other in every way.
class RandomEvents {
 public:
  explicit RandomEvents(uint32_t seed) : random_(seed) {}

  std::vector<TicketEvent> Some() {
    std::vector<TicketEvent> events;
    const int count = 2 + Below(6);
    for (int i = 0; i < count; ++i) events.push_back(One(absl::StrCat("e", i)));
    return events;
  }

  // The same events in another order, some of them more than once.
  std::vector<TicketEvent> Redelivered(std::vector<TicketEvent> events) {
    const int again = Below(4);
    for (int i = 0; i < again; ++i) events.push_back(events[static_cast<size_t>(Below(2))]);
    std::shuffle(events.begin(), events.end(), random_);
    return events;
  }

 private:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  Comment SomeComment() {
    Comment comment{absl::StrCat(Below(4)), "dev", absl::StrCat("body ", Below(1000))};
    if (Below(2) == 0) comment.create_time = At(Below(3));
    return comment;
  }

  TicketEvent One(const std::string& id) {
    TicketEvent event = Event(Below(4), id);
    event.version.sequence = Below(2);
    event.fields = TicketFieldSet(static_cast<uint64_t>(Below(1 << 15)));
    event.ticket.title = absl::StrCat("title ", id);
    event.ticket.status = absl::StrCat("status ", id);
    event.ticket.labels = {id};
    event.ticket.flagged = Below(2) == 0;
    event.deleted = Below(6) == 0;
    for (int i = Below(3); i > 0; --i) {
      event.ticket.comments.push_back(SomeComment());
      if (Below(4) == 0) event.ticket.comments.back().id.clear();
    }
    for (int i = Below(3); i > 0; --i) event.comment_upserts.push_back(SomeComment());
    for (int i = Below(2); i > 0; --i) event.deleted_comment_ids.push_back(absl::StrCat(Below(4)));
    return event;
  }

  std::mt19937 random_;
};

TEST(TicketStateTest, AnyOrderWithAnyDuplicatesEndsInTheSameState) {
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    RandomEvents random(seed);
    const std::vector<TicketEvent> events = random.Some();
    const TicketState want = MergeAll(events);
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(MergeAll(random.Redelivered(events)), want) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace clearway
