#include "service/intake/link_keeper.h"

#include "gmock/gmock.h"

#include "tests/intake/roots_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST_P(RootsTest, AnEventThatChangesNoLinkLeavesNothingToDo) {
  EXPECT_TRUE(Apply(Event("P1", "all fine", {{"is blocked by", "P2"}})).links_changed);
  EXPECT_FALSE(Apply(Event("P1", "still fine", {{"is blocked by", "P2"}})).links_changed);
  EXPECT_FALSE(Apply(Event("P9", "waiting for [legal]")).links_changed) << "linked to none";
  EXPECT_TRUE(Apply(Event("P2", "waiting for [legal]")).links_changed) << "another hangs on it";
}

TEST_P(RootsTest, ATicketDeletedWhenItHadEndedHoldsUpNobody) {
  Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}}));
  Apply(Done(Event("P2", "all fine")));
  Settle();
  ASSERT_THAT(RootsOf("P1"), IsEmpty());
  Delete("P2");
  Settle();
  Apply(
      Event("P1", "still waiting for [legal]", {{"is blocked by", "P2"}, {"is blocked by", "P3"}}));
  Apply(Event("P4", "all fine", {{"is blocked by", "P2"}}));
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P3"));
  EXPECT_THAT(RootsOf("P4"), IsEmpty()) << "whoever names it later";
  Apply(Event("P1", "waiting for [legal]"));
  Settle();
  EXPECT_THAT(RootsOf("P4"), IsEmpty()) << "though the first who named it does not any more";
}

TEST_P(RootsTest, ATicketThatComesBackAfterItWasDeletedHoldsUpAgain) {
  Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}}));
  Apply(Done(Event("P2", "all fine")));
  Settle();
  Delete("P2");
  Settle();
  Apply(Event("P2", "all fine"));
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P2"));
  Delete("P2");
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P2")) << "it was open then";
}

TEST_P(RootsTest, ATicketDeletedWhileOpenKeepsWhatOthersSayOfItAlone) {
  Apply(Event("P1", "all fine", {{"is blocked by", "P2"}}));
  Apply(Event("P2", "all fine", {{"is blocked by", "P3"}, {"blocks", "P4"}}));
  Apply(Event("P4", "all fine"));
  Apply(Event("P5", "all fine", {{"blocks", "P2"}}));
  Settle();
  ASSERT_THAT(RootsOf("P1"), ElementsAre("P3", "P5"));
  ASSERT_THAT(RootsOf("P4"), ElementsAre("P3", "P5"));
  Delete("P2");
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P5")) << "P1 names P2, and P5 does";
  EXPECT_THAT(RootsOf("P4"), IsEmpty());
  ExpectAsFromScratch({"P1", "P2", "P3", "P4", "P5"}, "in the end");
  const Picture left = AsKept({"P2"});
  ASSERT_THAT(left.hanging, ElementsAre(Field(&Hanging::root, "P5")));
  EXPECT_EQ(left.hanging[0].project, "") << "nothing of its own";
}

TEST_P(RootsTest, AnEndedTicketThatIsDeletedHangsOnNothingThoughOthersSayItDoes) {
  Apply(Event("P3", "all fine", {{"blocks", "P2"}}));
  Apply(Done(Event("P2", "all fine")));
  Apply(Event("P1", "all fine", {{"is blocked by", "P2"}}));
  Settle();
  Delete("P2");
  Settle();
  Apply(Event("P3", "all fine", {{"blocks", "P2"}, {"is blocked by", "P9"}}));
  Settle();
  EXPECT_THAT(RootsOf("P2"), IsEmpty());
  EXPECT_THAT(RootsOf("P1"), IsEmpty());
}

}  // namespace
}  // namespace clearway::testing
