#include "service/domain/blocker_lifecycle.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::StatusIs;

constexpr absl::Duration kWindow = absl::Hours(24);

absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

Classification Verdict(Category category, Reason reason = Reason::kUnspecified) {
  Classification verdict;
  verdict.category = category;
  verdict.reason = reason;
  verdict.confidence = 0.8;
  verdict.waiting_on = "legal";
  verdict.language = "en";
  return verdict;
}

const Classification kStuck = Verdict(Category::kCrossTeam, Reason::kApprovalOrSignOff);
const Classification kMoving = Verdict(Category::kNotBlocked);

class BlockerLifecycleTest : public ::testing::Test {
 protected:
  BlockerLifecycleTest() {
    ticket_.ticket.key = key_.key;
    ticket_.ticket.title = "Release payments";
    ticket_.ticket.project = "PAY";
  }

  std::optional<Transition> Follow(const std::optional<Blocker>& current,
                                   const std::optional<Classification>& verdict, int64_t at) {
    return FollowVerdict(current, ticket_, key_, verdict, At(at), kWindow);
  }

  Blocker Opened(int64_t at = 0) {
    Blocker blocker = Follow(std::nullopt, kStuck, at)->blocker;
    blocker.id = 7;
    return blocker;
  }

  Blocker Ended(int64_t at) { return Follow(Opened(), kMoving, at)->blocker; }

  const TicketKey key_{"acme", "jira", "PAY-1"};
  TicketState ticket_;
};

TEST_F(BlockerLifecycleTest, StuckTicketOpensABlocker) {
  const std::optional<Transition> opened = Follow(std::nullopt, kStuck, 5);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->blocker.state, BlockerState::kOpen);
  EXPECT_EQ(opened->blocker.ticket, key_);
  EXPECT_EQ(opened->blocker.category, Category::kCrossTeam);
  EXPECT_EQ(opened->blocker.waiting_on, "legal");
  EXPECT_EQ(opened->blocker.title, "Release payments");
  EXPECT_EQ(opened->blocker.open_time, At(5));
  EXPECT_EQ(opened->blocker.spell_time, At(5));
  ASSERT_TRUE(opened->change.has_value());
  EXPECT_EQ(opened->change->from, BlockerState::kUnspecified);
  EXPECT_EQ(opened->change->to, BlockerState::kOpen);
  EXPECT_EQ(opened->change->actor, "classifier");
}

struct QuietCase {
  const char* name;
  Category verdict;
  bool done;
};

class NoBlockerTest : public BlockerLifecycleTest,
                      public ::testing::WithParamInterface<QuietCase> {};

TEST_P(NoBlockerTest, NothingArises) {
  ticket_.ticket.done = GetParam().done;
  EXPECT_EQ(Follow(std::nullopt, Verdict(GetParam().verdict), 1), std::nullopt);
}

const QuietCase kQuiet[] = {{"Moving", Category::kNotBlocked, false},
                            {"Unsure", Category::kNeedsReview, false},
                            {"StuckButDone", Category::kTechnical, true}};
INSTANTIATE_TEST_SUITE_P(All, NoBlockerTest, ::testing::ValuesIn(kQuiet),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(BlockerLifecycleTest, SameVerdictAgainChangesNothing) {
  EXPECT_EQ(Follow(Opened(), kStuck, 9), std::nullopt);
}

TEST_F(BlockerLifecycleTest, OtherCauseIsWrittenIntoHistory) {
  const std::optional<Transition> moved =
      Follow(Opened(), Verdict(Category::kResource, Reason::kStaffing), 9);
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->blocker.id, 7);
  EXPECT_EQ(moved->blocker.reason, Reason::kStaffing);
  EXPECT_EQ(moved->blocker.open_time, At(0));
  ASSERT_TRUE(moved->change.has_value());
  EXPECT_EQ(moved->change->category, Category::kResource);
}

TEST_F(BlockerLifecycleTest, NewTitleIsFollowedWithoutHistory) {
  const Blocker opened = Opened();
  ticket_.ticket.title = "Release payments now";
  const std::optional<Transition> moved = Follow(opened, kStuck, 9);
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->blocker.title, "Release payments now");
  EXPECT_FALSE(moved->change.has_value());
}

TEST_F(BlockerLifecycleTest, UnsureVerdictLeavesThingsAsTheyAre) {
  EXPECT_EQ(Follow(Opened(), Verdict(Category::kNeedsReview), 9), std::nullopt);
}

TEST_F(BlockerLifecycleTest, MovingTicketEndsItsBlocker) {
  const Blocker ended = Ended(9);
  EXPECT_EQ(ended.state, BlockerState::kResolved);
  EXPECT_EQ(ended.resolve_time, At(9));
  EXPECT_EQ(ended.next_escalation_time, std::nullopt);
}

TEST_F(BlockerLifecycleTest, DoneTicketEndsItsBlockerWhateverItSays) {
  const Blocker opened = Opened();
  ticket_.ticket.done = true;
  const std::optional<Transition> ended = Follow(opened, kStuck, 9);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->blocker.state, BlockerState::kResolved);
}

TEST_F(BlockerLifecycleTest, DeletedTicketEndsItsBlocker) {
  const Blocker opened = Opened();
  ticket_.deleted = true;
  const std::optional<Transition> ended = Follow(opened, std::nullopt, 9);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->blocker.state, BlockerState::kResolved);
}

TEST_F(BlockerLifecycleTest, EndIsNeverBeforeTheOpening) {
  const Blocker ended = Follow(Opened(10), kMoving, 3)->blocker;
  EXPECT_EQ(ended.resolve_time, ended.spell_time);
}

TEST_F(BlockerLifecycleTest, SameCauseWithinTheWindowReopens) {
  const std::optional<Transition> back = Follow(Ended(10), kStuck, 20);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->blocker.id, 7);
  EXPECT_EQ(back->blocker.state, BlockerState::kOpen);
  EXPECT_EQ(back->blocker.reopen_count(), 1);
  EXPECT_EQ(back->blocker.open_time, At(0));
  EXPECT_EQ(back->blocker.spell_time, At(20));
  EXPECT_EQ(back->blocker.resolve_time, std::nullopt);
  EXPECT_EQ(back->blocker.past_spells, (std::vector<BlockedSpell>{{At(0), At(10)}}));
  ASSERT_TRUE(back->change.has_value());
  EXPECT_EQ(back->change->from, BlockerState::kResolved);
}

TEST_F(BlockerLifecycleTest, ReopeningStartsTheLadderAnew) {
  Blocker escalated = Escalate(Opened(), 2, "", At(5)).blocker;
  const Blocker ended = Follow(escalated, kMoving, 10)->blocker;
  EXPECT_EQ(Follow(ended, kStuck, 20)->blocker.escalation_level, 0);
}

TEST_F(BlockerLifecycleTest, SameCauseAfterTheWindowOpensAnother) {
  const int64_t later = 11 + absl::ToInt64Seconds(kWindow);
  EXPECT_EQ(Follow(Ended(10), kStuck, later)->blocker.id, 0);
  EXPECT_EQ(Follow(Ended(10), kStuck, later - 1)->blocker.id, 7);
}

TEST_F(BlockerLifecycleTest, OtherCauseOpensAnother) {
  const std::optional<Transition> other = Follow(Ended(10), Verdict(Category::kTechnical), 20);
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->blocker.id, 0);
  EXPECT_EQ(other->blocker.open_time, At(20));
}

TEST_F(BlockerLifecycleTest, LateNewsOfAnotherCauseDoesNotOverlapTheSpellBefore) {
  EXPECT_EQ(Follow(Ended(10), Verdict(Category::kTechnical), 4)->blocker.open_time, At(10));
}

TEST_F(BlockerLifecycleTest, EndedByAPersonItStaysEndedUntilTheWordsChange) {
  const Blocker ended =
      ResolveByPerson(Opened(), "ann", "agreed by phone", TextFingerprint(ticket_), At(10)).blocker;
  ticket_.ticket.labels = {"urgent"};
  EXPECT_EQ(Follow(ended, kStuck, 20), std::nullopt);
  ticket_.ticket.description = "legal is silent again";
  const std::optional<Transition> back = Follow(ended, kStuck, 30);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->blocker.state, BlockerState::kOpen);
  EXPECT_EQ(back->blocker.resolved_text, std::nullopt);
}

TEST_F(BlockerLifecycleTest, AcknowledgingRestsTheLadder) {
  Blocker open = Opened();
  open.next_escalation_time = At(100);
  const absl::StatusOr<Transition> taken_up = Acknowledge(open, "ann", "on it", At(10));
  ASSERT_TRUE(taken_up.ok());
  EXPECT_EQ(taken_up->blocker.state, BlockerState::kAcknowledged);
  EXPECT_EQ(taken_up->blocker.acknowledge_time, At(10));
  EXPECT_EQ(taken_up->blocker.next_escalation_time, std::nullopt);
  ASSERT_TRUE(taken_up->change.has_value());
  EXPECT_EQ(taken_up->change->actor, "ann");
  EXPECT_EQ(taken_up->change->note, "on it");
}

TEST_F(BlockerLifecycleTest, AcknowledgingTwiceChangesNothing) {
  const Blocker once = Acknowledge(Opened(), "ann", "", At(10))->blocker;
  const absl::StatusOr<Transition> twice = Acknowledge(once, "bob", "", At(20));
  ASSERT_TRUE(twice.ok());
  EXPECT_EQ(twice->blocker, once);
  EXPECT_FALSE(twice->change.has_value());
}

TEST_F(BlockerLifecycleTest, AcknowledgingAResolvedOneIsRefused) {
  EXPECT_THAT(Acknowledge(Ended(5), "ann", "", At(10)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(BlockerLifecycleTest, AcknowledgedOneStaysSoWhileTheTicketIsStuck) {
  const Blocker taken_up = Acknowledge(Opened(), "ann", "", At(10))->blocker;
  const std::optional<Transition> moved = Follow(taken_up, Verdict(Category::kTechnical), 20);
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->blocker.state, BlockerState::kAcknowledged);
}

TEST_F(BlockerLifecycleTest, ResolvingTwiceChangesNothing) {
  const Blocker once = ResolveByPerson(Opened(), "ann", "", 1, At(10)).blocker;
  const Transition twice = ResolveByPerson(once, "bob", "", 1, At(20));
  EXPECT_EQ(twice.blocker, once);
  EXPECT_FALSE(twice.change.has_value());
}

TEST_F(BlockerLifecycleTest, EscalatingRaisesTheLevelInThePolicysName) {
  const Transition climbed = Escalate(Opened(), 2, "step 2", At(10));
  EXPECT_EQ(climbed.blocker.state, BlockerState::kEscalated);
  EXPECT_EQ(climbed.blocker.escalation_level, 2);
  ASSERT_TRUE(climbed.change.has_value());
  EXPECT_EQ(climbed.change->actor, "policy");
}

TEST_F(BlockerLifecycleTest, HoldingBackIsOneRestHoweverOftenItIsLookedAt) {
  const Transition held = HoldBack(Opened(), "LEG-9", At(200), At(100));
  ASSERT_TRUE(held.change.has_value());
  EXPECT_EQ(held.change->note, "held back: it hangs on LEG-9, which is told about instead");
  EXPECT_EQ(held.blocker.state, BlockerState::kOpen);
  EXPECT_EQ(held.blocker.next_escalation_time, At(200));
  EXPECT_TRUE(IsHeldBack(held.blocker, At(150)));
  // A little late.
  const Transition still = HoldBack(held.blocker, "LEG-9", At(300), At(203));
  EXPECT_EQ(still.change, std::nullopt);
  EXPECT_EQ(still.blocker.snoozes, (std::vector<BlockedSpell>{{At(100), At(300)}}));
}

TEST_F(BlockerLifecycleTest, LettingGoEndsTheRestAndNothingElse) {
  const Blocker held = HoldBack(Opened(), "LEG-9", At(200), At(100)).blocker;
  const Blocker free = LetGo(held, At(150));
  EXPECT_EQ(free.snoozes, (std::vector<BlockedSpell>{{At(100), At(150)}}));
  const Blocker snoozed = Snooze(Opened(), "ann", "", At(500), At(10))->blocker;
  EXPECT_EQ(LetGo(snoozed, At(50)), snoozed) << "a person's word";
  EXPECT_EQ(LetGo(Opened(), At(50)), Opened());
}

TEST_F(BlockerLifecycleTest, ASnoozeTakesThePlaceOfBeingHeldBack) {
  const Blocker held = HoldBack(Opened(), "LEG-9", At(200), At(100)).blocker;
  const Blocker snoozed = Snooze(held, "ann", "", At(160), At(150))->blocker;
  EXPECT_EQ(snoozed.snoozes, (std::vector<BlockedSpell>{{At(100), At(150)}, {At(150), At(160)}}));
  EXPECT_EQ(snoozed.snooze_end_time(), At(160));
}

}  // namespace
}  // namespace clearway
