#include "service/server/due_messages.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;

const absl::Time kNow = absl::UnixEpoch() + absl::Hours(500'000);

DueBlocker Due(int64_t id, const std::string& group, double urgency = 10, int late_minutes = 0,
               const std::string& tenant = "acme") {
  return {id,
          {tenant, "jira", absl::StrCat("PAY-", id)},
          group,
          urgency,
          kNow - absl::Minutes(late_minutes)};
}

// The ids of each message.
std::vector<std::vector<int64_t>> Ids(const std::vector<DueMessage>& messages) {
  std::vector<std::vector<int64_t>> ids;
  for (const DueMessage& message : messages) {
    ids.emplace_back();
    for (const DueBlocker& blocker : message.blockers) ids.back().push_back(blocker.id);
  }
  return ids;
}

TEST(GatherDueTest, AGroupIsOneMessage) {
  EXPECT_THAT(Ids(GatherDue({Due(1, "a"), Due(2, "b"), Due(3, "a")}, {}, kNow)),
              ElementsAre(ElementsAre(1, 3), ElementsAre(2)));
}

TEST(GatherDueTest, TheMostUrgentGoesFirstThenTheOldest) {
  EXPECT_THAT(Ids(GatherDue(
                  {Due(1, "a", 10, 0), Due(2, "b", 10, 60), Due(3, "c", 90, 0), Due(4, "a", 50, 0)},
                  {}, kNow)),
              ElementsAre(ElementsAre(3), ElementsAre(4, 1), ElementsAre(2)));
}

TEST(GatherDueTest, TenantsShareNothingAndTakeTurns) {
  EXPECT_THAT(
      Ids(GatherDue({Due(1, "a", 90), Due(2, "b", 80), Due(3, "a", 10, 0, "globex")}, {}, kNow)),
      ElementsAre(ElementsAre(1), ElementsAre(3), ElementsAre(2)));
}

TEST(GatherDueTest, WhatHasNothingToTellIsLookedAtByItself) {
  EXPECT_THAT(Ids(GatherDue({Due(1, ""), Due(2, ""), Due(3, "a")}, {}, kNow)),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3)));
}

TEST(GatherDueTest, AMessageHasItsBound) {
  std::vector<DueBlocker> due;
  for (size_t i = 0; i < 2 * kMaxTogether + 1; ++i) due.push_back(Due(static_cast<int>(i), "a"));
  const std::vector<DueMessage> messages = GatherDue(std::move(due), {}, kNow);
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].blockers.size(), kMaxTogether);
  EXPECT_EQ(messages[2].blockers.size(), 1u);
}

TEST(GatherDueTest, WhatIsBeyondThePaceIsSpreadOut) {
  std::vector<DueBlocker> due;
  for (int i = 0; i < 10; ++i) due.push_back(Due(i, absl::StrCat("g", i)));
  std::map<int64_t, int> in_minute;
  for (const DueMessage& message :
       GatherDue(std::move(due), {.per_minute = 2, .gather = {}}, kNow)) {
    EXPECT_GE(message.retry, kNow + absl::Minutes(1)) << "never within the minute that is full";
    ++in_minute[absl::ToInt64Minutes(message.retry - kNow)];
  }
  // The first two are not expected to come back.
  EXPECT_EQ(in_minute, (std::map<int64_t, int>{{1, 4}, {2, 2}, {3, 2}, {4, 2}}));
}

TEST(GatherDueTest, LosesAndDoublesNothing) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 200; ++round) {
    std::vector<DueBlocker> due;
    const int count = std::uniform_int_distribution<int>(0, 700)(random);
    for (int i = 0; i < count; ++i) {
      const auto below = [&](int bound) {
        return std::uniform_int_distribution<int>(0, bound - 1)(random);
      };
      due.push_back(Due(i, below(5) == 0 ? "" : absl::StrCat(below(4)), below(3), below(3),
                        absl::StrCat("t", below(3))));
    }
    std::shuffle(due.begin(), due.end(), random);
    std::set<int64_t> seen;
    for (const DueMessage& message : GatherDue(due, {.per_minute = 7, .gather = {}}, kNow)) {
      for (const DueBlocker& blocker : message.blockers) {
        EXPECT_TRUE(seen.insert(blocker.id).second);
        EXPECT_EQ(blocker.group, message.blockers.front().group);
        EXPECT_EQ(blocker.ticket.tenant, message.blockers.front().ticket.tenant);
        EXPECT_LE(blocker.urgency, message.blockers.front().urgency);
      }
    }
    EXPECT_EQ(seen.size(), due.size());
  }
}

}  // namespace
}  // namespace clearway
