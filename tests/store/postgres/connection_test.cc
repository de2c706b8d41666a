#include "service/store/postgres/connection.h"

#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/postgres/statement.h"
#include "tests/store/postgres/database.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PgConnectionTest : public ::testing::Test {
 protected:
  std::string Value(PgConnection& connection, const std::string& sql) {
    absl::StatusOr<PgStatement> select = connection.Prepare(sql);
    EXPECT_THAT(select->Step(), IsOkAndHolds(true)) << sql;
    return select->Text(0);
  }
  // Ends the server's side of a connection.
  void Cut(PgConnection& connection) {
    absl::StatusOr<PgStatement> pid = connection.Prepare("SELECT pg_backend_pid()");
    ASSERT_THAT(pid->Step(), IsOkAndHolds(true));
    database_.Execute(absl::StrCat("SELECT pg_terminate_backend(", pid->Int64(0), ", 10000)"));
  }

  PostgresDatabase database_;
};

TEST(DollarParametersTest, AreNumberedInOrderOrAsTheySay) {
  EXPECT_EQ(DollarParameters("a = ? AND b = ?"), "a = $1 AND b = $2");
  EXPECT_EQ(DollarParameters("?1, ?2, ?1"), "$1, $2, $1");
  EXPECT_EQ(DollarParameters(""), "");
}

TEST_F(PgConnectionTest, WhatIsBoundComesBack) {
  const auto connection = database_.Connect();
  absl::StatusOr<PgStatement> select =
      connection->Prepare("SELECT ?, ?, ?::bytea, ?::bigint, ?::smallint, ?::int");
  select->Bind(int64_t{-5}, 0.25, SqlBlob{absl::string_view("a\0b", 3)}, std::optional<int64_t>(),
               -7, -70000);
  ASSERT_THAT(select->Step(), IsOkAndHolds(true));
  EXPECT_EQ(select->Int64(0), -5);
  EXPECT_EQ(select->Double(1), 0.25);
  EXPECT_EQ(select->View(2), absl::string_view("a\0b", 3));
  EXPECT_TRUE(select->IsNull(3));
  EXPECT_EQ(select->Int64(4), -7);
  EXPECT_EQ(select->Int64(5), -70000);
  EXPECT_THAT(select->Step(), IsOkAndHolds(false));
}

TEST_F(PgConnectionTest, QueuedStatementsRunInOrderAndAreLookedAtLater) {
  const auto connection = database_.Connect();
  ASSERT_THAT(connection->Execute("CREATE TABLE t (a bigint)"), IsOk());
  absl::StatusOr<PgStatement> insert = connection->Cached("INSERT INTO t VALUES (?)");
  insert->Bind(7);
  insert->Queue();
  absl::StatusOr<PgStatement> before = connection->Cached("SELECT count(*) FROM t");
  before->Queue();
  absl::StatusOr<PgStatement> again = connection->Cached("INSERT INTO t VALUES (?)");
  again->Bind(8);
  again->Queue();
  absl::StatusOr<PgStatement> after = connection->Cached("SELECT sum(a)::bigint FROM t");
  ASSERT_THAT(after->Step(), IsOkAndHolds(true));
  EXPECT_EQ(after->Int64(0), 15);
  ASSERT_THAT(before->Step(), IsOkAndHolds(true));
  EXPECT_EQ(before->Int64(0), 1);
  EXPECT_EQ(again->changes(), 1);
}

TEST_F(PgConnectionTest, WhatStandsBehindAFaultIsNotRunAndTheConnectionGoesOn) {
  const auto connection = database_.Connect();
  absl::StatusOr<PgStatement> bad = connection->Cached("SELECT 1 / ?");
  bad->Bind(0);
  bad->Queue();
  absl::StatusOr<PgStatement> behind = connection->Cached("SELECT 'behind'");
  EXPECT_THAT(behind->Step(), StatusIs(absl::StatusCode::kInternal, HasSubstr("22012")));
  EXPECT_THAT(bad->Step(), StatusIs(absl::StatusCode::kInternal, HasSubstr("22012")));
  EXPECT_TRUE(connection->usable());
  // Its preparation was thrown away with it.
  absl::StatusOr<PgStatement> anew = connection->Cached("SELECT 'behind'");
  ASSERT_THAT(anew->Step(), IsOkAndHolds(true));
  EXPECT_EQ(anew->Text(0), "behind");
  bad = connection->Cached("SELECT 1 / ?");
  bad->Bind(1);
  EXPECT_THAT(bad->Step(), IsOkAndHolds(true));
}

// More than the sockets hold, in both directions at once.
TEST_F(PgConnectionTest, MuchCanBeQueued) {
  const auto connection = database_.Connect();
  const std::string large(1 << 20, 'x');
  std::vector<PgStatement> echoes;
  for (int i = 0; i < 20; ++i) {
    echoes.push_back(*connection->Cached("SELECT ?::bytea"));
    echoes.back().Bind(SqlBlob{large});
    echoes.back().Queue();
  }
  for (PgStatement& echo : echoes) {
    ASSERT_THAT(echo.Step(), IsOkAndHolds(true));
    EXPECT_TRUE(echo.View(0) == large);
  }
}

TEST_F(PgConnectionTest, AConnectionThatWasCutIsNotUsableUntilItIsOpenedAgain) {
  const auto connection = database_.Connect();
  EXPECT_EQ(Value(*connection, "SELECT 'a'"), "a");
  Cut(*connection);
  absl::StatusOr<PgStatement> select = connection->Prepare("SELECT 'b'");
  EXPECT_THAT(select->Step(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(connection->usable());
  EXPECT_THAT(connection->Cached("SELECT 1")->Run(), StatusIs(absl::StatusCode::kUnavailable));
  ASSERT_THAT(connection->Open(), IsOk());
  EXPECT_EQ(Value(*connection, "SELECT 'c'"), "c");
}

TEST_F(PgConnectionTest, WhatTakesTooLongIsEndedByTheServer) {
  PgConnection::Options options = database_.options().connection;
  options.statement_timeout = absl::Milliseconds(20);
  PgConnection connection(options);
  ASSERT_THAT(connection.Open(), IsOk());
  EXPECT_THAT(connection.Cached("SELECT pg_sleep(600)")->Run(),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(connection.usable());
}

TEST_F(PgConnectionTest, ACommitIsOnDiskWhateverTheServersDefault) {
  database_.Execute(absl::StrCat(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = "
      "off'; END $$"));
  EXPECT_EQ(Value(*database_.Connect(), "SHOW synchronous_commit"), "on");
  database_.Execute(absl::StrCat(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = "
      "remote_apply'; END $$"));
  EXPECT_EQ(Value(*database_.Connect(), "SHOW synchronous_commit"), "remote_apply");
}

// To compile it takes a tenth of a second, each time it runs.
TEST_F(PgConnectionTest, NoStatementIsCompiled) {
  database_.Execute(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET jit = on'; END $$");
  EXPECT_EQ(Value(*database_.Connect(), "SHOW jit"), "off");
}

TEST_F(PgConnectionTest, RestEndsATransactionThatWasLeftOpen) {
  const auto connection = database_.Connect();
  ASSERT_THAT(connection->Execute("BEGIN; CREATE TABLE t (a int)"), IsOk());
  EXPECT_TRUE(connection->in_transaction());
  connection->Rest();
  EXPECT_FALSE(connection->in_transaction());
  EXPECT_EQ(Value(*connection, "SELECT count(*)::text FROM pg_tables WHERE tablename = 't'"), "0");
}

TEST(PgConnectionOpenTest, AServerThatIsNotThereIsUnavailableAndThePasswordIsNotTold) {
  const TempDir dir;
  const std::string password_file = dir.File("password");
  std::ofstream(password_file) << "s3cret\n";
  PgConnection::Options options;
  options.conninfo = absl::StrCat("host=", dir.path(), " user=nobody dbname=x password=hush");
  options.password_file = password_file;
  PgConnection connection(options);
  const absl::Status opened = connection.Open();
  EXPECT_THAT(opened, StatusIs(absl::StatusCode::kUnavailable, HasSubstr(dir.path())));
  EXPECT_THAT(std::string(opened.message()),
              AllOf(Not(HasSubstr("s3cret")), Not(HasSubstr("hush"))));
}

TEST(PgConnectionOpenTest, AMalformedConninfoIsNotTold) {
  PgConnection::Options options;
  options.conninfo = "hush hush";
  const absl::Status opened = PgConnection(options).Open();
  EXPECT_THAT(opened, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("malformed")));
  EXPECT_THAT(std::string(opened.message()), Not(HasSubstr("hush")));
}

TEST(PgConnectionOpenTest, AMissingPasswordFileIsNamed) {
  PgConnection::Options options;
  options.password_file = "/nonexistent/password";
  EXPECT_THAT(PgConnection(options).Open(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/password")));
}

}  // namespace
}  // namespace clearway::testing
