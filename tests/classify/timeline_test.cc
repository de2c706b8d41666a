#include "service/classify/timeline.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/testing/fake_classifier.h"

namespace clearway {
namespace {

using ::clearway::testing::FakeClassifier;
using ::testing::ElementsAre;

// The fake goes by the last comment, or the description: "[legal]" is a cross-team blocker,
// "[build]" a technical one.
std::vector<VerdictChange> ChangesOf(const std::string& description,
                                     const std::vector<std::string>& comments) {
  Ticket ticket;
  ticket.description = description;
  for (const std::string& body : comments) ticket.comments.emplace_back().body = body;
  std::vector<VerdictChange> changes;
  for (const TimelinePoint& point : VerdictTimeline(FakeClassifier(), ticket)) {
    EXPECT_EQ(point.comments, changes.size());
    changes.push_back(point.change);
  }
  return changes;
}

TEST(TimelineTest, NothingHappens) {
  EXPECT_THAT(ChangesOf("Rename it", {"Started.", "Done."}),
              ElementsAre(VerdictChange::kNone, VerdictChange::kNone, VerdictChange::kNone));
}

TEST(TimelineTest, BlockedUnblockedBlockedAgain) {
  EXPECT_THAT(ChangesOf("Ship it",
                        {"[legal] is asked", "[legal] is still asked", "Signed.", "[legal] again"}),
              ElementsAre(VerdictChange::kNone, VerdictChange::kBlocked, VerdictChange::kNone,
                          VerdictChange::kUnblocked, VerdictChange::kBlockedAgain));
}

TEST(TimelineTest, ATicketCanBeBornBlocked) {
  EXPECT_THAT(ChangesOf("[build] is red", {"Fixed.", "[build] is red once more"}),
              ElementsAre(VerdictChange::kBlocked, VerdictChange::kUnblocked,
                          VerdictChange::kBlockedAgain));
}

TEST(TimelineTest, AnotherCauseIsAChange) {
  EXPECT_THAT(ChangesOf("[build] is red", {"Fixed, but [legal] must sign"}),
              ElementsAre(VerdictChange::kBlocked, VerdictChange::kOtherCause));
}

TEST(TimelineTest, AskingForReviewIsNotBeingBlocked) {
  EXPECT_THAT(ChangesOf("[legal]", {"[unsure]"}),
              ElementsAre(VerdictChange::kBlocked, VerdictChange::kUnblocked));
}

TEST(TimelineTest, EachPointHasItsOwnVerdict) {
  Ticket ticket;
  ticket.comments.emplace_back().body = "[legal]";
  const std::vector<TimelinePoint> timeline = VerdictTimeline(FakeClassifier(), ticket);
  ASSERT_EQ(timeline.size(), 2u);
  EXPECT_EQ(timeline[0].verdict.category, Category::kNotBlocked);
  EXPECT_EQ(timeline[1].verdict.category, Category::kCrossTeam);
}

}  // namespace
}  // namespace clearway
