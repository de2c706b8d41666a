// Faults and damaged rows are blamed on whose they are, and harm nobody else.
#include <latch>
#include <string>
#include <vector>

#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/store/group_commit.h"
#include "tests/store/postgres/postgres_store_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;

// Writes these tickets by one group commit; returns which failed.
std::vector<std::string> FailedOf(Store& store, const std::vector<std::string>& keys) {
  std::vector<std::string> failed;
  std::latch answered(static_cast<std::ptrdiff_t>(keys.size()));
  GroupCommit commits(store, {});
  for (const std::string& key : keys) {
    commits.Submit(
        nullptr,
        [key](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.GetTicket(Key(key)).status());
          RETURN_IF_ERROR(tx.GetLatestBlocker(Key(key)).status());
          return tx.PutTicket(Key(key), FullTicket());
        },
        [&failed, &answered, key](const absl::Status& status) {
          if (!status.ok()) failed.push_back(key);
          answered.count_down();
        },
        {Touch{Key(key), ""}});
  }
  answered.wait();
  return failed;
}

// A fault of a write that was not waited for comes out where its own piece of work is blamed.
TEST_F(PostgresStoreTest, AFaultIsBlamedOnThePieceThatMadeIt) {
  database_.Execute("ALTER TABLE tickets ADD CHECK (ticket <> 'bad')");
  EXPECT_THAT(FailedOf(*store_, {"a", "b", "bad", "c", "d"}), ElementsAre("bad"));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM tickets"), "4");
}

// What is read for a whole batch at once may be damaged for one of it.
TEST_F(PostgresStoreTest, ADamagedBlockerFailsNobodyElse) {
  for (const char* key : {"a", "bad", "c"}) PutBlocker(*store_, Key(key));
  database_.Execute("UPDATE blockers SET category = 99 WHERE ticket = 'bad'");
  EXPECT_THAT(FailedOf(*store_, {"a", "bad", "c"}), ElementsAre("bad"));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM tickets"), "2");
}

TEST_F(PostgresStoreTest, WorkThatGoesOnRegardlessOfAFaultCommitsNothing) {
  database_.Execute("ALTER TABLE tickets ADD CHECK (ticket <> 'bad')");
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.PutTicket(Key("good"), FullTicket()), IsOk());
    tx.PutTicket(Key("bad"), FullTicket()).IgnoreError();
    tx.GetBlocker(kTenant, 1).IgnoreError();
    return absl::OkStatus();
  }),
              ::testing::Not(IsOk()));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM tickets"), "0");
}

// Its rows are not read to the end: the connection they came by is of no more use.
TEST_F(PostgresStoreTest, ADamagedBlockerFailsAReportAndNotTheNext) {
  for (const char* key : {"a", "bad"}) PutBlocker(*store_, Key(key));
  int visited = 0;
  const auto visit = [&] {
    return store_->VisitBlockers(kTenant, "", At(-1), At(1),
                                 [&](const ReportedBlocker&) { ++visited; });
  };
  database_.Execute("UPDATE blockers SET category = 99 WHERE ticket = 'bad'");
  // By every connection there is, and by some again.
  for (int i = 0; i < 2 * database_.options().readers + 1; ++i) {
    EXPECT_THAT(visit(), StatusIs(absl::StatusCode::kDataLoss));
  }
  database_.Execute("UPDATE blockers SET category = 1 WHERE ticket = 'bad'");
  visited = 0;
  EXPECT_THAT(visit(), IsOk());
  EXPECT_EQ(visited, 2);
}

TEST_F(PostgresStoreTest, ADamagedRowIsDataLossForThatTicketAlone) {
  ASSERT_THAT(PutTicket(*store_, Key("good")), IsOk());
  ASSERT_THAT(PutTicket(*store_, Key("bad")), IsOk());
  database_.Execute("UPDATE tickets SET state = '\\xff00ff' WHERE ticket = 'bad'");
  EXPECT_THAT(store_->GetTicket(Key("bad")), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(store_->GetTicket(Key("good")), IsOk());
}

}  // namespace
}  // namespace clearway::testing
