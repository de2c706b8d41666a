// Whether a store can be had, and takes writes.
#include "gmock/gmock.h"

#include "service/base/random.h"
#include "tests/store/postgres/postgres_store_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(PostgresStoreTest, AServerThatIsNotThereIsUnavailable) {
  PostgresStore::Options options = database_.options();
  options.connection.conninfo += " host=/nonexistent";
  SystemRandom random;
  EXPECT_THAT(PostgresStore::Open(options, random), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PostgresStoreTest, AStoreWithoutReadersIsRefused) {
  PostgresStore::Options options = database_.options();
  options.readers = 0;
  SystemRandom random;
  EXPECT_THAT(PostgresStore::Open(options, random),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("readers")));
}

TEST_F(PostgresStoreTest, ADatabaseThatTakesNoWritesIsNotReady) {
  ASSERT_THAT(store_->CheckReady(), IsOk());
  CutAll(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET "
      "default_transaction_read_only = on'; END $$;");
  EXPECT_THAT(store_->CheckReady(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(PutTicket(*store_), StatusIs(absl::StatusCode::kUnavailable));
  SystemRandom random;
  EXPECT_THAT(PostgresStore::Open(database_.options(), random),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PostgresStoreTest, ANewerSchemaIsRefused) {
  database_.Execute("INSERT INTO clearway_schema (version, name) VALUES (1000, '1000_future')");
  SystemRandom random;
  EXPECT_THAT(PostgresStore::Open(database_.options(), random),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("1000")));
}

}  // namespace
}  // namespace clearway::testing
