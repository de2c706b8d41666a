#include "service/domain/root_causes.h"

#include <functional>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Keys = std::vector<std::string>;

TEST(FindRootsTest, AChainHangsOnItsEnd) {
  const auto found = FindRoots({{"A", {"B"}}, {"B", {"C"}}, {"C", {}}}, {});
  EXPECT_EQ(found.at("A"), (RootPlace{{"C"}, 0}));
  EXPECT_EQ(found.at("B"), (RootPlace{{"C"}, 0}));
  EXPECT_EQ(found.at("C"), RootPlace());
}

TEST(FindRootsTest, ADiamondHangsOnItsRootOnce) {
  const auto found = FindRoots({{"A", {"B", "C"}}, {"B", {"D"}}, {"C", {"D"}}, {"D", {}}}, {});
  EXPECT_THAT(found.at("A").roots, ElementsAre("D"));
}

TEST(FindRootsTest, ATicketMayHangOnSeveralRoots) {
  const auto found = FindRoots({{"A", {"C", "B"}}, {"B", {}}, {"C", {}}}, {});
  EXPECT_THAT(found.at("A").roots, ElementsAre("B", "C"));
}

TEST(FindRootsTest, ACircleThatHangsOnNothingIsARoot) {
  const auto found = FindRoots({{"A", {"M"}}, {"M", {"K"}}, {"K", {"L"}}, {"L", {"M"}}}, {});
  EXPECT_EQ(found.at("K"), (RootPlace{{}, 3}));
  EXPECT_EQ(found.at("L"), (RootPlace{{"K"}, 3}));
  EXPECT_EQ(found.at("M"), (RootPlace{{"K"}, 3}));
  EXPECT_EQ(found.at("A"), (RootPlace{{"K"}, 0}));
}

TEST(FindRootsTest, ACircleWithAWayOutHangsOnWhereThatLeads) {
  const auto found = FindRoots({{"K", {"L"}}, {"L", {"K", "Z"}}, {"Z", {}}}, {});
  EXPECT_EQ(found.at("K"), (RootPlace{{"Z"}, 0}));
  EXPECT_EQ(found.at("L"), (RootPlace{{"Z"}, 0}));
}

TEST(FindRootsTest, WhatIsSettledIsTakenAsItIs) {
  const auto found = FindRoots({{"A", {"B", "C"}}}, {{"B", {{"X", "Y"}, 0}}});
  EXPECT_THAT(found.at("A").roots, ElementsAre("C", "X", "Y"));
}

TEST(FindRootsTest, OfManyRootsTheSmallestKeysCount) {
  OpenLinks links;
  for (int i = 10; i < 50; ++i) links["A"].push_back(absl::StrCat("R", i));
  const Keys roots = FindRoots(links, {}).at("A").roots;
  EXPECT_THAT(roots, SizeIs(kMaxRoots));
  EXPECT_EQ(roots.front(), "R10");
  EXPECT_EQ(roots.back(), "R25");
}

TEST(FindRootsTest, ALongChainNeedsNoDeepStack) {
  OpenLinks links;
  for (int i = 0; i < 200'000; ++i) {
    links[absl::StrCat("T", i)] = {absl::StrCat("T", i + 1)};
  }
  EXPECT_THAT(FindRoots(links, {}).at("T0").roots, ElementsAre("T200000"));
}

// By the definition, one ticket after the other.
RootPlace ByReach(const OpenLinks& links, const std::string& start) {
  const auto reach = [&](const std::string& from) {
    std::set<std::string> seen;
    const std::function<void(const std::string&)> walk = [&](const std::string& key) {
      const auto found = links.find(key);
      if (found == links.end()) return;
      for (const std::string& below : found->second) {
        if (seen.insert(below).second) walk(below);
      }
    };
    walk(from);
    return seen;
  };
  std::set<std::string> candidates = reach(start);
  candidates.insert(start);
  RootPlace place;
  for (const std::string& key : candidates) {
    const std::set<std::string> below = reach(key);
    // What it reaches all leads back to it: a circle, or nothing at all.
    bool closed = true;
    for (const std::string& other : below)
      closed = closed && (other == key || reach(other).contains(key));
    if (!closed) continue;
    if (!below.empty() && *below.begin() != key) continue;
    if (below.size() > 1 && below.contains(start)) place.circle = static_cast<int>(below.size());
    if (key != start) place.roots.push_back(key);
  }
  if (place.roots.size() > kMaxRoots) place.roots.resize(kMaxRoots);
  return place;
}

TEST(FindRootsTest, IsWhatTheDefinitionSays) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    OpenLinks links;
    const int tickets = 2 + static_cast<int>(random() % 12);
    const auto any = [&] {
      return absl::StrCat("T", 10 + random() % static_cast<unsigned>(tickets));
    };
    for (int i = 0; i < tickets; ++i) links[absl::StrCat("T", 10 + i)];
    for (unsigned i = random() % 20; i > 0; --i) {
      const std::string from = any();
      const std::string to = any();
      if (from != to) links[from].push_back(to);
    }
    const auto found = FindRoots(links, {});
    for (const auto& [key, place] : found) {
      EXPECT_EQ(place, ByReach(links, key)) << "round " << round << ", " << key;
    }
  }
}

TEST(ToldInsteadTest, WhoHangsOnNothingStuckSpeaksForItself) {
  EXPECT_EQ(ToldInstead({{"A", {{"B"}, true}}, {"B", {{}, false}}}, "A"), std::nullopt);
  EXPECT_EQ(ToldInstead({{"A", {{}, true}}}, "A"), std::nullopt);
  EXPECT_EQ(ToldInstead({}, "A"), std::nullopt);
}

TEST(ToldInsteadTest, TheLowestStuckOneIsToldAbout) {
  const std::map<std::string, BelowTicket> chain = {
      {"A", {{"B"}, true}}, {"B", {{"C"}, true}}, {"C", {{"D"}, true}}, {"D", {{}, false}}};
  EXPECT_EQ(ToldInstead(chain, "A"), "C");
  EXPECT_EQ(ToldInstead(chain, "B"), "C");
  EXPECT_EQ(ToldInstead(chain, "C"), std::nullopt);
}

TEST(ToldInsteadTest, OfSeveralTheNearestThenTheSmallest) {
  EXPECT_EQ(
      ToldInstead(
          {{"A", {{"C", "B"}, true}}, {"B", {{"D"}, false}}, {"C", {{}, true}}, {"D", {{}, true}}},
          "A"),
      "C");
  EXPECT_EQ(ToldInstead({{"A", {{"C", "B"}, true}}, {"B", {{}, true}}, {"C", {{}, true}}}, "A"),
            "B");
}

TEST(ToldInsteadTest, InACircleOneSpeaks) {
  const std::map<std::string, BelowTicket> circle = {
      {"A", {{"B"}, false}}, {"B", {{"C"}, true}}, {"C", {{"A"}, true}}};
  EXPECT_EQ(ToldInstead(circle, "B"), std::nullopt);
  EXPECT_EQ(ToldInstead(circle, "C"), "B");
}

TEST(ToldInsteadTest, ACircleWithAWayOutGivesWay) {
  EXPECT_EQ(ToldInstead({{"A", {{"B"}, true}}, {"B", {{"A", "Z"}, true}}, {"Z", {{}, true}}}, "A"),
            "Z");
}

}  // namespace
}  // namespace clearway
