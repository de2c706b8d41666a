// What was held back goes on as soon as nothing holds it any more.
#include <vector>

#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/escalation/wording.h"
#include "tests/intake/roots_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Resolution ResolveByPerson(const Intake& intake, Store& store, int64_t blocker_id) {
  Resolution resolution;
  EXPECT_THAT(store.Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(resolution, intake.ResolveBlocker("acme", blocker_id, "ann", "", tx));
    return absl::OkStatus();
  }),
              IsOk());
  return resolution;
}

TEST_P(RootsTest, ALeafGoesOnWhenTheRootIsDone) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  Settle();
  clock_.Advance(absl::Hours(30));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  clock_.Advance(absl::Minutes(5));
  EXPECT_TRUE(Apply(Done(Event("P2", "signed"))).links_changed);
  EXPECT_THAT(Settle(), ElementsAre("P1"));
  const std::vector<Escalation> said = TakeDueSteps(leaf);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].rationale, Not(HasSubstr("P2")));
}

TEST_P(RootsTest, ALeafGoesOnWhenTheLinkIsGone) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  const IngestOutcome unlinked = Apply(Event("P1", "waiting for [legal]"));
  EXPECT_THAT(unlinked.climbed.messages, Not(IsEmpty())) << "by its own event";
}

TEST_P(RootsTest, ALeafGoesOnWhenTheRootIsStuckNoMore) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  EXPECT_TRUE(ResolveByPerson(intake_, *store_, root).links_changed);
  EXPECT_THAT(Settle(), ElementsAre("P1"));
  const std::vector<Escalation> said = TakeDueSteps(leaf);
  ASSERT_THAT(said, SizeIs(1));
  Standing on_root;
  on_root.root = "P2";
  on_root.weight = {1, 1, absl::Hours(2)};
  on_root.daily_cost = 100;
  EXPECT_THAT(said[0].rationale, HasSubstr(StandingWords(on_root, Language::kEnglish)));
}

TEST_P(RootsTest, APersonsWordGivesTheStepsTheirOutcomeAndFreesTheLeaf) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueTogether({leaf, root}).messages, SizeIs(1));
  clock_.Advance(absl::Minutes(10));
  const Resolution resolution = ResolveByPerson(intake_, *store_, root);
  EXPECT_TRUE(resolution.links_changed);
  EXPECT_THAT(resolution.settled, ElementsAre(Field(&TakenStep::outcome, StepOutcome::kResolved)));
  EXPECT_THAT(Settle(), ElementsAre("P1"));
  Reschedule(leaf);
  EXPECT_LE(*store_->GetBlocker("acme", leaf)->next_escalation_time, clock_.Now());
  EXPECT_THAT(TakeDueTogether({leaf}).messages, SizeIs(1)) << "the sweep need not wait";
}

}  // namespace
}  // namespace clearway::testing
