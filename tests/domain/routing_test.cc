#include "service/domain/routing.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

Route Leaf(const std::string& name, std::vector<std::string> match, const std::string& ladder,
           bool go_on = false) {
  Route route{.name = name};
  for (const std::string& text : match) route.match.push_back(*Matcher::Parse(text));
  if (!ladder.empty()) route.settings.ladder = ladder;
  route.go_on = go_on;
  return route;
}

class RoutingTest : public ::testing::Test {
 protected:
  RoutingTest() {
    blocker_.ticket = {"acme", "jira", "PAY-7"};
    blocker_.category = Category::kCrossTeam;
    blocker_.reason = Reason::kApprovalOrSignOff;
    blocker_.priority = Priority::kHigh;
    root_ = Leaf("root", {}, "standard");
  }
  RouteDecision Decided(std::vector<RouteTried>* trace = nullptr) {
    return Decide(root_, {blocker_, Ticket()}, trace);
  }

  Blocker blocker_;
  Route root_;
};

TEST_F(RoutingTest, TheRootStandsWhereNoChildMatches) {
  root_.routes = {Leaf("technical", {"category = TECHNICAL"}, "technical")};
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string("standard")));
  EXPECT_EQ(Decided().route, "root");
}

TEST_F(RoutingTest, TheFirstChildThatMatchesWins) {
  root_.routes = {Leaf("technical", {"category = TECHNICAL"}, "technical"),
                  Leaf("people", {"category = CROSS_TEAM", "priority = HIGH"}, "urgent"),
                  Leaf("all", {}, "rest")};
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string("urgent")));
  EXPECT_EQ(Decided().route, "people");
}

TEST_F(RoutingTest, ChildrenInheritWhatTheyLeaveOut) {
  root_.settings.calendar = "china";
  root_.settings.rate_limit = RateLimit{3, absl::Hours(24)};
  root_.routes = {Leaf("acme", {"tenant = acme"}, "")};
  root_.routes[0].settings.calendar = "germany";
  root_.routes[0].routes = {Leaf("urgent", {"priority = HIGH"}, "urgent")};
  const RouteSettings settings = Decided().settings;
  EXPECT_THAT(settings.ladder, Optional(std::string("urgent")));
  EXPECT_THAT(settings.calendar, Optional(std::string("germany")));
  EXPECT_THAT(settings.rate_limit, Optional(RateLimit{3, absl::Hours(24)}));
  EXPECT_EQ(settings.quiet_hours, std::nullopt);
}

TEST_F(RoutingTest, ARouteThatGoesOnLaysItsSettingsUnderLaterOnes) {
  root_.routes = {Leaf("acme", {"tenant = acme"}, "", /*go_on=*/true),
                  Leaf("other", {"tenant = other"}, "other", /*go_on=*/true),
                  Leaf("urgent", {"priority = HIGH"}, "urgent"), Leaf("never", {}, "never")};
  root_.routes[0].settings.calendar = "china";
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string("urgent")));
  EXPECT_THAT(Decided().settings.calendar, Optional(std::string("china")));
}

TEST_F(RoutingTest, AnEmptyLadderEndsEscalation) {
  root_.routes = {Leaf("silent", {"tenant = acme"}, "")};
  root_.routes[0].settings.ladder = "";
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string()));
}

TEST_F(RoutingTest, ARootThatDoesNotMatchSetsNothing) {
  root_ = Leaf("root", {"tenant = other"}, "standard");
  EXPECT_EQ(Decided(), RouteDecision());
}

TEST_F(RoutingTest, TheTraceTellsWhatDecided) {
  root_.routes = {Leaf("technical", {"tenant = acme", "category = TECHNICAL"}, "technical"),
                  Leaf("people", {"category = CROSS_TEAM", "priority = HIGH"}, "urgent"),
                  Leaf("all", {}, "rest")};
  std::vector<RouteTried> trace;
  Decided(&trace);
  EXPECT_THAT(trace,
              ElementsAre(RouteTried{0, "root", true, ""},
                          RouteTried{1, "technical", false, "category = TECHNICAL"},
                          RouteTried{1, "people", true, "category = CROSS_TEAM, priority = HIGH"}));
}

TEST_F(RoutingTest, LaddersOfTheirOwnAreRoutesInTheirOrder) {
  Ladder urgent{.name = "urgent", .priorities = {Priority::kHigh, Priority::kHighest}};
  Ladder sponsor{.name = "sponsor", .reasons = {Reason::kSponsorMissing}};
  Ladder all{.name = "all"};
  root_ = RouteOfLadders({sponsor, urgent, all});
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string("urgent")));
  blocker_.reason = Reason::kSponsorMissing;
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string("sponsor")));
  blocker_.reason = Reason::kUnspecified;
  blocker_.priority = Priority::kUnspecified;
  EXPECT_THAT(Decided().settings.ladder, Optional(std::string("all")));
  root_ = RouteOfLadders({sponsor});
  EXPECT_EQ(Decided().settings.ladder, std::nullopt);
}

}  // namespace
}  // namespace clearway
