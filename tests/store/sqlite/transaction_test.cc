#include "service/store/sqlite/transaction.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "service/store/sqlite/connection.h"
#include "service/store/sqlite/migrations.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

class SqliteTransactionTest : public ::testing::Test {
 protected:
  SqliteTransactionTest() {
    SqliteConnection::Options options;
    options.path = ":memory:";
    connection_ = *SqliteConnection::Open(options);
    EXPECT_THAT(MigrateSqlite(*connection_, SqliteSchema()), IsOk());
  }

  int64_t Tickets() {
    absl::StatusOr<SqliteStatement> count = connection_->Prepare("SELECT count(*) FROM tickets");
    EXPECT_THAT(count->Step(), IsOkAndHolds(true));
    return count->Int64(0);
  }

  std::unique_ptr<SqliteConnection> connection_;
};

TEST_F(SqliteTransactionTest, AFullDatabaseIsUnavailable) {
  ASSERT_THAT(connection_->Execute("PRAGMA max_page_count = 100"), IsOk());
  StoredTicket large = FullTicket();
  large.state.ticket.description = std::string(1 << 20, 'x');
  EXPECT_THAT(connection_->InTransaction([&]() -> absl::Status {
    SqliteTransaction tx(*connection_);
    EXPECT_THAT(tx.PutTicket(Key("small"), FullTicket()), IsOk());
    return tx.PutTicket(Key("large"), large);
  }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Tickets(), 0);
}

// Some faults make SQLite roll back by itself. Work that goes on regardless must not commit its
// later statements one by one.
TEST_F(SqliteTransactionTest, NothingIsWrittenAfterARollbackOfSqlitesOwn) {
  EXPECT_THAT(connection_->InTransaction([&] {
    SqliteTransaction tx(*connection_);
    EXPECT_THAT(tx.PutTicket(Key("before"), FullTicket()), IsOk());
    EXPECT_THAT(connection_->Execute("ROLLBACK"), IsOk());
    EXPECT_THAT(tx.PutTicket(Key("after"), FullTicket()), StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(tx.PutBlocker(OpenBlocker(Key())), StatusIs(absl::StatusCode::kUnavailable));
    return absl::OkStatus();
  }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Tickets(), 0);
}

TEST_F(SqliteTransactionTest, ATransactionThatFailedLeavesTheConnectionUsable) {
  EXPECT_THAT(connection_->InTransaction([] { return absl::InternalError("no"); }),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_THAT(connection_->InTransaction(
                  [&] { return SqliteTransaction(*connection_).PutTicket(Key(), FullTicket()); }),
              IsOk());
  EXPECT_EQ(Tickets(), 1);
}

}  // namespace
}  // namespace clearway::testing
