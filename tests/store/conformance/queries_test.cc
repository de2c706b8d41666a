#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

auto HasId(int64_t id) { return ::testing::Field("id", &Blocker::id, id); }

class StoreQueriesTest : public StoreConformanceTest {
 protected:
  // A lasting blocker of a ticket of its own, due at `due`.
  int64_t PutDue(const std::string& key, absl::Time due, const std::string& tenant = kTenant) {
    Blocker blocker = OpenBlocker(Key(key, tenant));
    blocker.next_escalation_time = due;
    return Put(blocker);
  }

  std::vector<int64_t> Due(absl::Time now, int limit = 100) {
    const absl::StatusOr<std::vector<Blocker>> due = store().DueBlockers(now, limit);
    EXPECT_THAT(due, IsOk());
    std::vector<int64_t> ids;
    for (const Blocker& blocker : due.value_or(std::vector<Blocker>())) ids.push_back(blocker.id);
    return ids;
  }

  std::vector<int64_t> Visited(absl::Time from, absl::Time to, const std::string& project = "",
                               const std::string& tenant = kTenant) {
    std::vector<int64_t> ids;
    EXPECT_THAT(
        store().VisitBlockers(tenant, project, from, to,
                              [&](const ReportedBlocker& blocker) { ids.push_back(blocker.id); }),
        IsOk());
    return ids;
  }
};

TEST_P(StoreQueriesTest, PagesHoldEveryBlockerOfTheTenantOnceNewestFirst) {
  std::vector<int64_t> all;
  for (int i = 0; i < 7; ++i) {
    all.insert(all.begin(), Put(OpenBlocker(Key("PAY-" + std::to_string(i)))));
    Put(OpenBlocker(Key("PAY-1", kOtherTenant)));
  }
  std::vector<int64_t> seen;
  Page page{3, std::nullopt};
  for (std::vector<int64_t> ids = List("", page); !ids.empty(); ids = List("", page)) {
    EXPECT_LE(ids.size(), 3u);
    seen.insert(seen.end(), ids.begin(), ids.end());
    page.before_id = ids.back();
  }
  EXPECT_EQ(seen, all);
}

TEST_P(StoreQueriesTest, AFilterCutsBeforeThePage) {
  std::vector<int64_t> open;
  for (int i = 0; i < 6; ++i) {
    const Blocker blocker = OpenBlocker(Key("PAY-" + std::to_string(i)));
    if (i % 2 == 0) {
      open.insert(open.begin(), Put(blocker));
    } else {
      Put(Resolved(blocker, At(5)));
    }
  }
  EXPECT_EQ(List("state = OPEN", {2, std::nullopt}), std::vector(open.begin(), open.begin() + 2));
  EXPECT_EQ(List("state = OPEN", {2, open[1]}), std::vector(open.begin() + 2, open.end()));
}

// What a filter's page reads: all of the tenant, what lasts, what a project has.
TEST_P(StoreQueriesTest, APageThatLooksAtFewGoesOnBehindThem) {
  std::vector<int64_t> rare;
  for (int i = 0; i < 20; ++i) {
    Blocker blocker = OpenBlocker(Key("PAY-" + std::to_string(i)));
    blocker.project = "PAY";
    blocker.waiting_on = i % 9 == 0 ? "legal" : "nobody";
    const int64_t id = Put(blocker);
    if (i % 9 == 0) rare.insert(rare.begin(), id);
    blocker.ticket = Key("WEB-" + std::to_string(i), i % 2 == 0 ? kOtherTenant : kTenant);
    blocker.waiting_on = "nobody";
    blocker.project = "WEB";
    Put(Resolved(blocker, At(5)));
  }
  struct Case {
    std::string filter;
    // How many rows its index has.
    int rows;
  };
  for (const auto& [filter, rows] :
       {Case{"waiting_on = legal", 30}, Case{"waiting_on = legal AND state != RESOLVED", 20},
        Case{"waiting_on = legal AND project = PAY", 20}}) {
    for (const int most_examined : {1, 4, 7, rows - 1, rows}) {
      std::vector<int64_t> seen;
      Page page{.size = 2, .before_id = std::nullopt, .most_examined = most_examined};
      int pages = 0;
      do {
        const Part<Blocker> part = ListPart(filter, page);
        for (const Blocker& blocker : part.rows) seen.push_back(blocker.id);
        page.before_id = part.next_before_id;
        ++pages;
      } while (page.before_id.has_value() && pages < 100);
      EXPECT_EQ(seen, rare) << filter << ", " << most_examined;
      EXPECT_GE(pages, (rows + most_examined - 1) / most_examined) << filter;
    }
    EXPECT_EQ(ListPart(filter, {.size = 5, .before_id = {}, .most_examined = rows}).next_before_id,
              std::nullopt);
    EXPECT_EQ(ListPart(filter, {.size = 5, .before_id = {}, .most_examined = 1}).rows.size(), 0u);
  }
}

// Far enough that it does not look at all of them at once.
TEST_P(StoreQueriesTest, APageFindsWhatIsRareFarApart) {
  constexpr int kCount = 2'500;
  const std::set<int> rare = {0, 1'000, 1'400, kCount - 1};
  std::vector<int64_t> ids;
  EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
    ids.clear();
    for (int i = 0; i < kCount; ++i) {
      Blocker blocker = OpenBlocker(Key("PAY-" + std::to_string(i)));
      if (rare.contains(i)) blocker.waiting_on = "legal";
      ASSIGN_OR_RETURN(const int64_t id, tx.PutBlocker(blocker));
      if (rare.contains(i)) ids.insert(ids.begin(), id);
    }
    return absl::OkStatus();
  }),
              IsOk());
  const Part<Blocker> all = ListPart("waiting_on = legal", {});
  EXPECT_THAT(all.rows, ElementsAre(HasId(ids[0]), HasId(ids[1]), HasId(ids[2]), HasId(ids[3])));
  EXPECT_EQ(all.next_before_id, std::nullopt);
  EXPECT_THAT(List("waiting_on = legal", {2, std::nullopt}), ElementsAre(ids[0], ids[1]));
  EXPECT_THAT(List("waiting_on = legal", {2, ids[1]}), ElementsAre(ids[2], ids[3]));
  const Part<Blocker> some =
      ListPart("waiting_on = legal", {.size = 9, .before_id = {}, .most_examined = kCount - 1});
  EXPECT_THAT(some.rows, ElementsAre(HasId(ids[0]), HasId(ids[1]), HasId(ids[2])));
  EXPECT_EQ(some.next_before_id, ids[3] + 1);
}

TEST_P(StoreQueriesTest, APageWhereAllMatchesIsFullHoweverFewItMayLookAt) {
  std::vector<int64_t> all;
  for (int i = 0; i < 5; ++i) all.insert(all.begin(), Put(OpenBlocker(Key("PAY-1"))));
  const Page page{.size = 3, .before_id = std::nullopt, .most_examined = 1};
  for (const char* filter : {"", "ticket = \"PAY-1\""}) {
    const Part<Blocker> part = ListPart(filter, page);
    EXPECT_EQ(part.rows.size(), 3u) << filter;
    EXPECT_EQ(part.next_before_id, all[2]) << filter;
    EXPECT_EQ(ListPart(filter, {.size = 3, .before_id = all[2]}).next_before_id, std::nullopt);
  }
}

TEST_P(StoreQueriesTest, DueAreTheMostOverdueFirst) {
  const int64_t late = PutDue("A", At(30));
  const int64_t latest = PutDue("B", At(10), kOtherTenant);
  const int64_t just = PutDue("C", At(40));
  PutDue("D", At(41));
  Put(OpenBlocker(Key("E")));
  EXPECT_THAT(Due(At(40)), ElementsAre(latest, late, just));
  EXPECT_THAT(Due(At(40), 2), ElementsAre(latest, late));
  EXPECT_THAT(Due(At(9)), IsEmpty());
}

TEST_P(StoreQueriesTest, WhatIsResolvedIsNeverDue) {
  Blocker blocker = FullBlocker();
  ASSERT_TRUE(blocker.next_escalation_time.has_value());
  Put(blocker);
  EXPECT_THAT(Due(At(100000)), IsEmpty());
}

TEST_P(StoreQueriesTest, ARescheduledBlockerIsDueAtItsNewTime) {
  Blocker blocker = OpenBlocker(Key());
  blocker.next_escalation_time = At(10);
  blocker.id = Put(blocker);
  blocker.next_escalation_time = At(20);
  Put(blocker);
  EXPECT_THAT(Due(At(15)), IsEmpty());
  EXPECT_THAT(Due(At(20)), ElementsAre(blocker.id));
  blocker.next_escalation_time.reset();
  Put(blocker);
  EXPECT_THAT(Due(At(20)), IsEmpty());
}

TEST_P(StoreQueriesTest, CountsAreOfLastingBlockersByCategoryReasonAndProject) {
  EXPECT_THAT(store().CountOpenBlockers(), IsOkAndHolds(IsEmpty()));
  Blocker blocker = OpenBlocker(Key("A"));
  blocker.project = "PAY";
  Put(blocker);
  blocker.ticket = Key("B", kOtherTenant);
  blocker.state = BlockerState::kAcknowledged;
  Put(blocker);
  blocker.ticket = Key("C");
  blocker.project = "WEB";
  blocker.state = BlockerState::kEscalated;
  Put(blocker);
  blocker.ticket = Key("D");
  blocker.reason = Reason::kBuyInMissing;
  const int64_t changing = Put(blocker);
  Put(Resolved(blocker, At(1)));
  const OpenBlockerCount pay{Category::kCrossTeam, Reason::kTeamDependency, "PAY", 2};
  const OpenBlockerCount web{Category::kCrossTeam, Reason::kTeamDependency, "WEB", 1};
  const OpenBlockerCount buy_in{Category::kCrossTeam, Reason::kBuyInMissing, "WEB", 1};
  EXPECT_THAT(store().CountOpenBlockers(), IsOkAndHolds(UnorderedElementsAre(pay, web, buy_in)));
  blocker.id = changing;
  Put(Resolved(blocker, At(2)));
  EXPECT_THAT(store().CountOpenBlockers(), IsOkAndHolds(UnorderedElementsAre(pay, web)));
}

TEST_P(StoreQueriesTest, VisitsWhatLastedAtAnyMomentOfThePeriod) {
  const Blocker sample = OpenBlocker(Key(), At(100));
  const int64_t lasting = Put(sample);
  const int64_t ended = Put(Resolved(sample, At(200)));
  EXPECT_THAT(Visited(At(0), At(50)), IsEmpty());
  EXPECT_THAT(Visited(At(0), At(100)), IsEmpty()) << "the period's end does not belong to it";
  EXPECT_THAT(Visited(At(0), At(100) + absl::Nanoseconds(1)), UnorderedElementsAre(lasting, ended));
  EXPECT_THAT(Visited(At(120), At(150)), UnorderedElementsAre(lasting, ended));
  EXPECT_THAT(Visited(At(200), At(300)), UnorderedElementsAre(lasting, ended)) << "it ended in it";
  EXPECT_THAT(Visited(At(200) + absl::Nanoseconds(1), At(300)), ElementsAre(lasting));
  EXPECT_THAT(Visited(absl::InfinitePast(), absl::InfiniteFuture()),
              UnorderedElementsAre(lasting, ended));
}

TEST_P(StoreQueriesTest, APauseBetweenSpellsIsNotVisited) {
  Blocker blocker = OpenBlocker(Key(), At(100));
  blocker.past_spells = {{At(100), At(110)}};
  blocker.spell_time = At(200);
  const int64_t id = Put(blocker);
  EXPECT_THAT(Visited(At(105), At(106)), ElementsAre(id));
  EXPECT_THAT(Visited(At(120), At(190)), IsEmpty());
  EXPECT_THAT(Visited(At(210), At(220)), ElementsAre(id));
}

TEST_P(StoreQueriesTest, VisitsOneTenantAndWhereAskedOneProject) {
  Blocker blocker = OpenBlocker(Key());
  blocker.project = "PAY";
  const int64_t pay = Put(blocker);
  const int64_t pay_ended = Put(Resolved(blocker, At(10)));
  blocker.project = "WEB";
  const int64_t web = Put(blocker);
  const int64_t other = Put(OpenBlocker(Key("PAY-1", kOtherTenant)));
  EXPECT_THAT(Visited(At(0), At(10)), UnorderedElementsAre(pay, pay_ended, web));
  EXPECT_THAT(Visited(At(0), At(10), "PAY"), UnorderedElementsAre(pay, pay_ended));
  EXPECT_THAT(Visited(At(0), At(10), "PA"), IsEmpty());
  EXPECT_THAT(Visited(At(0), At(10), "", kOtherTenant), ElementsAre(other));
}

TEST_P(StoreQueriesTest, WhatIsReportedIsWhatTheBlockerSays) {
  // Ended after having come back; over and over; ended for good; lasting.
  Blocker again = FullBlocker();
  ASSERT_FALSE(again.past_spells.empty());
  Blocker often = again;
  for (int i = 0; i < 1000; ++i) often.past_spells.push_back({At(2 * i), At(2 * i + 1)});
  Blocker once = again;
  once.past_spells.clear();
  once.project.clear();
  std::vector<Blocker> all = {again, often, once, OpenBlocker(Key())};
  for (Blocker& blocker : all) blocker.id = Put(blocker);
  std::map<int64_t, ReportedBlocker> seen;
  std::map<int64_t, std::string> projects;
  EXPECT_THAT(store().VisitBlockers(kTenant, "", absl::InfinitePast(), absl::InfiniteFuture(),
                                    [&](const ReportedBlocker& visited) {
                                      projects[visited.id] = std::string(visited.project);
                                      seen[visited.id] = visited;
                                      seen[visited.id].project = "";
                                    }),
              IsOk());
  ASSERT_EQ(seen.size(), all.size());
  for (const Blocker& b : all) {
    EXPECT_EQ(seen.at(b.id), (ReportedBlocker{b.id, "", b.category, b.reason, b.past_spells,
                                              b.spell_time, b.resolve_time}));
    EXPECT_EQ(projects.at(b.id), b.project);
  }
}

CLEARWAY_ALL_BACKENDS(StoreQueriesTest);

}  // namespace
}  // namespace clearway::testing
