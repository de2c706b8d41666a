#include "service/domain/dependency.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(MeaningOfTest, KnowsTheWordsOfTheTools) {
  for (const char* words : {"is blocked by", "Is Blocked By", "blocked_by", "is-blocked-by",
                            " depends  on ", "被阻塞", "依赖于"}) {
    EXPECT_EQ(MeaningOf(words), LinkMeaning::kHangsOn) << words;
  }
  for (const char* words : {"blocks", "BLOCKS", "is depended on by", "阻塞", "被依赖"}) {
    EXPECT_EQ(MeaningOf(words), LinkMeaning::kHolds) << words;
  }
}

TEST(MeaningOfTest, WhatOnlyRelatesHoldsUpNobody) {
  for (const char* words : {"", "relates to", "duplicates", "is cloned by", "parent", "follows",
                            "unblocks", "no longer blocked by", "关联"}) {
    EXPECT_EQ(MeaningOf(words), LinkMeaning::kNone) << words;
  }
}

TEST(DependenciesOfTest, BothSidesMayTell) {
  Ticket ticket;
  ticket.key = "PAY-1";
  ticket.links = {{"is blocked by", "LEG-9"}, {"blocks", "PAY-2"}, {"relates to", "PAY-3"}};
  EXPECT_THAT(DependenciesOf(ticket),
              ElementsAre(Dependency{"PAY-1", "LEG-9", false}, Dependency{"PAY-2", "PAY-1", true}));
}

TEST(DependenciesOfTest, ALinkTwiceIsOneAndALinkToItselfNone) {
  Ticket ticket;
  ticket.key = "PAY-1";
  ticket.links = {{"depends on", "LEG-9"}, {"is blocked by", "LEG-9"}, {"is blocked by", "PAY-1"}};
  EXPECT_THAT(DependenciesOf(ticket), ElementsAre(Dependency{"PAY-1", "LEG-9", false}));
  ticket.links = {{"blocks", "PAY-1"}};
  EXPECT_THAT(DependenciesOf(ticket), IsEmpty());
}

TEST(DependenciesOfTest, OnlySoManyAreFollowed) {
  Ticket ticket;
  ticket.key = "PAY-1";
  for (int i = 0; i < 300; ++i) ticket.links.push_back({"depends on", std::to_string(i)});
  EXPECT_THAT(DependenciesOf(ticket), SizeIs(kMaxDependencies));
}

}  // namespace
}  // namespace clearway
