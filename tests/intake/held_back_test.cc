// The root is told about, and what hangs on it is held back.
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/domain/blocker_lifecycle.h"
#include "service/escalation/wording.h"
#include "tests/intake/roots_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Notes(Store& store, int64_t blocker_id) {
  std::vector<std::string> notes;
  const std::vector<BlockerChange> changes = *store.ListChanges("acme", blocker_id);
  for (const BlockerChange& change : changes) notes.push_back(change.note);
  return notes;
}

// What is said of a ticket that one other hangs on.
std::string OneStuckForTwoHours() {
  Standing standing;
  standing.weight = {1, 1, absl::Hours(2)};
  standing.daily_cost = 100;
  return StandingWords(standing, Language::kEnglish);
}

TEST_P(RootsTest, ALeafIsHeldBackAndTheRootBearsItsWeight) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  EXPECT_TRUE(IsHeldBack(*store_->GetBlocker("acme", leaf), clock_.Now()));
  EXPECT_THAT(Notes(*store_, leaf).back(), HasSubstr("P2"));
  const std::vector<Escalation> said = TakeDueSteps(root);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].rationale, HasSubstr(OneStuckForTwoHours()));
}

TEST_P(RootsTest, WhoIsHeldBackTakesNoPartInTheMessage) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  const int64_t other = Apply(Event("P3", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  const Climbed climbed = TakeDueTogether({leaf, root, other});
  ASSERT_THAT(climbed.messages, SizeIs(1));
  EXPECT_THAT(climbed.messages[0].members,
              ElementsAre(Field(&EscalationMember::blocker_id, root),
                          Field(&EscalationMember::blocker_id, other)));
  EXPECT_THAT(climbed.messages[0].rationale, HasSubstr(OneStuckForTwoHours()));
  EXPECT_THAT(climbed.messages[0].draft_message,
              HasSubstr(DependantsWords({1, {}, absl::Hours(2)}, Language::kEnglish)));
  const Blocker held = *store_->GetBlocker("acme", leaf);
  EXPECT_EQ(held.escalation_level, 0);
  EXPECT_EQ(held.next_escalation_time, clock_.Now() + absl::Hours(1));
  EXPECT_TRUE(IsHeldBack(held, clock_.Now()));
  EXPECT_THAT(Notes(*store_, leaf).back(), HasSubstr("P2"));
}

TEST_P(RootsTest, WorkingOutTimesAnewIsNoNewRest) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  clock_.Advance(absl::Hours(3));
  Reschedule(leaf);
  EXPECT_THAT(TakeDueTogether({leaf}).messages, IsEmpty());
  EXPECT_THAT(store_->GetBlocker("acme", leaf)->snoozes, SizeIs(1));
  EXPECT_THAT(Notes(*store_, leaf), SizeIs(2));
}

TEST_P(RootsTest, BeingHeldBackGoesOnWithoutANoteForEachLook) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  clock_.Advance(absl::Hours(2));
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
    const Blocker held = *store_->GetBlocker("acme", leaf);
    ASSERT_TRUE(held.next_escalation_time.has_value());
    EXPECT_GT(*held.next_escalation_time, clock_.Now());
    EXPECT_THAT(held.snoozes, SizeIs(1));
    clock_.Advance(*held.next_escalation_time - clock_.Now() + absl::Seconds(7));
  }
  EXPECT_THAT(Notes(*store_, leaf), SizeIs(2));
}

TEST_P(RootsTest, OnATicketThatIsNotStuckNobodyIsHeldBack) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "NEVER-SEEN"}})).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  ASSERT_THAT(TakeDueSteps(leaf), SizeIs(1));
  const Picture picture = AsKept({"P1", "NEVER-SEEN"});
  ASSERT_THAT(picture.roots, SizeIs(1));
  EXPECT_EQ(picture.roots[0].ticket, "NEVER-SEEN");
}

TEST_P(RootsTest, OfACircleOneSpeaks) {
  const int64_t first =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t second =
      Apply(Event("P2", "waiting for [legal]", {{"is blocked by", "P1"}})).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(first), SizeIs(1));
  EXPECT_THAT(TakeDueSteps(second), IsEmpty());
  const Picture picture = AsKept({"P1", "P2"});
  ASSERT_THAT(picture.roots, SizeIs(1));
  EXPECT_EQ(picture.roots[0].ticket, "P1");
  EXPECT_EQ(picture.roots[0].circle, 2);
}

TEST_P(RootsTest, APersonsSnoozeTakesThePlaceOfBeingHeldBack) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  clock_.Advance(absl::Minutes(10));
  const absl::Time end = clock_.Now() + absl::Minutes(10);
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    return intake_.SnoozeBlocker("acme", leaf, "ann", "", end, tx).status();
  }),
              IsOk());
  const Blocker snoozed = *store_->GetBlocker("acme", leaf);
  ASSERT_THAT(snoozed.snoozes, SizeIs(2));
  EXPECT_EQ(snoozed.snoozes[0].end, clock_.Now());
  EXPECT_EQ(snoozed.snooze_end_time(), end);
}

}  // namespace
}  // namespace clearway::testing
