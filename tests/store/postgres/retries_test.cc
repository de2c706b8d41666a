// What is done again after a lost connection, race or commit, and what is not.
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/part_matchers.h"
#include "tests/store/postgres/cutting_proxy.h"
#include "tests/store/postgres/postgres_store_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PostgresStoreTest, ConnectionsThatWereCutAreMadeAnew) {
  ASSERT_THAT(PutTicket(*store_), IsOk());
  ASSERT_THAT(store_->CheckReady(), IsOk());
  CutAll();
  EXPECT_THAT(store_->GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
  EXPECT_THAT(PutTicket(*store_, Key("B")), IsOk());
  EXPECT_THAT(store_->GetTicket(Key("B")), IsOkAndHolds(Eq(FullTicket())));
}

TEST_F(PostgresStoreTest, WorkCutOffInItsMiddleIsRunAgainWhole) {
  int runs = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(0), 0, "e1"}, At(0)), IsOkAndHolds(true));
    if (++runs == 1) CutAll();
    const absl::Status read = tx.GetBlocker(kTenant, 1).status();
    if (!absl::IsNotFound(read)) return read;
    return tx.PutTicket(Key(), FullTicket());
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM events"), "1");
}

// The connection dies in the middle of the COMMIT: the server is asked what became of it.
TEST_F(PostgresStoreTest, ACommitThatWasRolledBackUnheardIsRunAgain) {
  database_.Execute(R"(
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT last_value FROM blocker_ids) < 2 THEN
        PERFORM pg_terminate_backend(pg_backend_pid(), 10000);
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON blockers DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION cut())");
  int runs = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    ++runs;
    return tx.PutBlocker(OpenBlocker(Key())).status();
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(store_->ListBlockers(kTenant, {}, {}), IsOkAndHolds(RowsAre(SizeIs(1))));
}

// The server commits, and the connection dies before it can say so.
TEST_F(PostgresStoreTest, ACommitThatHappenedUnheardIsNotRunAgain) {
  CuttingProxy proxy(database_.server_socket());
  PostgresStore::Options options = database_.options();
  absl::StrAppend(&options.connection.conninfo, " host=", proxy.folder());
  const std::unique_ptr<Store> store = database_.Open(options);
  ASSERT_THAT(PutTicket(*store), IsOk());
  int runs = 0;
  proxy.SwallowNextCommit();
  EXPECT_THAT(store->Transact([&](Transaction& tx) {
    ++runs;
    return tx.PutBlocker(OpenBlocker(Key())).status();
  }),
              IsOk());
  EXPECT_EQ(proxy.swallowed(), 1);
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(store->ListBlockers(kTenant, {}, {}), IsOkAndHolds(RowsAre(SizeIs(1))));
}

TEST_F(PostgresStoreTest, PausesGrowAndAreBounded) {
  std::vector<absl::Duration> pauses;
  PostgresStore::Options options = database_.options();
  options.backoff = {absl::Milliseconds(10), absl::Milliseconds(50)};
  options.sleep = [&](absl::Duration pause) { pauses.push_back(pause); };
  std::vector<StoreRetry> causes;
  options.on_retry = [&](StoreRetry cause) { causes.push_back(cause); };
  const std::unique_ptr<Store> store = database_.Open(options);
  EXPECT_THAT(store->Transact([](Transaction&) { return absl::AbortedError("lost"); }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(pauses,
              ElementsAre(absl::Milliseconds(5), absl::Milliseconds(10), absl::Milliseconds(20),
                          absl::Milliseconds(25), absl::Milliseconds(25)));
  EXPECT_THAT(causes,
              ElementsAre(StoreRetry::kLostRace, StoreRetry::kLostRace, StoreRetry::kLostRace,
                          StoreRetry::kLostRace, StoreRetry::kLostRace));
}

TEST_F(PostgresStoreTest, WhatIsDoneAgainIsToldWithItsCause) {
  PostgresStore::Options options = database_.options();
  std::vector<StoreRetry> causes;
  options.on_retry = [&](StoreRetry cause) { causes.push_back(cause); };
  const std::unique_ptr<Store> store = database_.Open(options);
  ASSERT_THAT(store->CheckReady(), IsOk());
  EXPECT_THAT(causes, IsEmpty());
  CutAll();
  // A reader's and the writer's.
  EXPECT_THAT(store->CheckReady(), IsOk());
  EXPECT_THAT(causes, ElementsAre(StoreRetry::kConnection, StoreRetry::kConnection));
  causes.clear();
  CutAll();
  EXPECT_THAT(PutTicket(*store), IsOk());
  EXPECT_THAT(causes, ElementsAre(StoreRetry::kConnection));
  causes.clear();
  database_.Execute("ALTER TABLE tickets ADD CHECK (ticket <> 'bad')");
  EXPECT_THAT(PutTicket(*store, Key("bad")), ::testing::Not(IsOk()));
  EXPECT_THAT(causes, ElementsAre(StoreRetry::kFaultSearch));
}

}  // namespace
}  // namespace clearway::testing
