#include "service/store/postgres/migrations.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

#include "service/store/postgres/locks.h"
#include "service/store/postgres/statement.h"
#include "tests/store/postgres/database.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<PostgresMigration> kTwoSteps = {
    {"0001_one", "CREATE TABLE one (tenant text PRIMARY KEY, a int)"},
    {"0002_two",
     "CREATE TABLE two (tenant text PRIMARY KEY, b int); INSERT INTO one VALUES ('t', 7);"},
};

class PostgresMigrationsTest : public ::testing::Test {
 protected:
  absl::Status Migrate(const std::vector<PostgresMigration>& schema) {
    PgConnection connection(database_.options().connection);
    return MigratePostgres(connection, schema);
  }
  std::string Version() { return database_.Value("SELECT max(version) FROM clearway_schema"); }

  PostgresDatabase database_;
};

TEST_F(PostgresMigrationsTest, ANewDatabaseIsTakenToTheLastVersion) {
  EXPECT_THAT(Migrate(kTwoSteps), IsOk());
  EXPECT_EQ(Version(), "2");
  EXPECT_EQ(database_.Value("SELECT a FROM one"), "7");
  EXPECT_EQ(database_.Value("SELECT string_agg(name, ',' ORDER BY version) FROM clearway_schema"),
            "0001_one,0002_two");
}

TEST_F(PostgresMigrationsTest, AgainChangesNothing) {
  ASSERT_THAT(Migrate(kTwoSteps), IsOk());
  EXPECT_THAT(Migrate(kTwoSteps), IsOk());
  EXPECT_EQ(database_.Value("SELECT count(*) FROM one"), "1");
}

TEST_F(PostgresMigrationsTest, AnOlderDatabaseKeepsItsDataAndGetsTheRest) {
  ASSERT_THAT(Migrate({kTwoSteps[0]}), IsOk());
  database_.Execute("INSERT INTO one VALUES ('u', 3)");
  EXPECT_THAT(Migrate(kTwoSteps), IsOk());
  EXPECT_EQ(database_.Value("SELECT sum(a) FROM one"), "10");
}

TEST_F(PostgresMigrationsTest, AStepThatFailsLeavesTheVersionBeforeIt) {
  std::vector<PostgresMigration> broken = kTwoSteps;
  broken[1].sql = "CREATE TABLE two (b int); INSERT INTO nowhere VALUES (1)";
  EXPECT_THAT(Migrate(broken), StatusIs(absl::StatusCode::kInternal, HasSubstr("0002_two")));
  EXPECT_EQ(Version(), "1");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_tables WHERE tablename = 'two'"), "0");
  EXPECT_THAT(Migrate(kTwoSteps), IsOk());
}

TEST_F(PostgresMigrationsTest, ANewerDatabaseIsRefusedWithWhatToDoAndLeftAlone) {
  ASSERT_THAT(Migrate(kTwoSteps), IsOk());
  EXPECT_THAT(Migrate({kTwoSteps[0]}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("version 2"), HasSubstr("up to 1"), HasSubstr("newer"))));
  EXPECT_EQ(Version(), "2");
}

TEST_F(PostgresMigrationsTest, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  database_.Execute("CREATE TABLE bookmarks (url text)");
  EXPECT_THAT(Migrate(kTwoSteps),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another program")));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "1");
}

TEST_F(PostgresMigrationsTest, ManyThatStartTogetherAgree) {
  std::vector<std::thread> programs;
  for (int i = 0; i < 6; ++i) {
    programs.emplace_back([&] { EXPECT_THAT(Migrate(kTwoSteps), IsOk()); });
  }
  for (std::thread& program : programs) program.join();
  EXPECT_EQ(database_.Value("SELECT count(*) FROM one"), "1");
}

// A program that meets a migration under way waits for it, however long it takes.
TEST_F(PostgresMigrationsTest, WaitsForTheOneUnderWay) {
  const auto other = database_.Connect();
  ASSERT_THAT(other->Execute(absl::StrCat("BEGIN; SELECT pg_advisory_xact_lock(",
                                          kMigrationLockClass, ", 0)")),
              IsOk());
  std::thread late([&] { EXPECT_THAT(Migrate(kTwoSteps), IsOk()); });
  while (
      database_.Value("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid "
                      "FROM pg_database WHERE datname = current_database())") != "1") {
  }
  EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
  ASSERT_THAT(other->Execute("ROLLBACK"), IsOk());
  late.join();
  EXPECT_EQ(Version(), "2");
}

// Opens every older schema: a step that was released must lead on to today's.
TEST_F(PostgresMigrationsTest, EveryOlderSchemaLeadsToTheLast) {
  const std::vector<PostgresMigration> schema = PostgresSchema();
  for (size_t version = 0; version <= schema.size(); ++version) {
    database_.Execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    ASSERT_THAT(Migrate({schema.begin(), schema.begin() + static_cast<std::ptrdiff_t>(version)}),
                IsOk());
    EXPECT_THAT(Migrate(schema), IsOk());
    EXPECT_EQ(Version(), absl::StrCat(schema.size()));
  }
}

TEST_F(PostgresMigrationsTest, TicketsOfOlderSchemasAreToBeLookedThroughOnce) {
  const std::vector<PostgresMigration> schema = PostgresSchema();
  ASSERT_THAT(Migrate({schema.begin(), schema.begin() + 6}), IsOk());
  database_.Execute("INSERT INTO tickets VALUES ('acme', 'jira', 'PAY-1', '', 0, '')");
  ASSERT_THAT(Migrate(schema), IsOk());
  EXPECT_EQ(database_.Value("SELECT count(*) FROM link_backfill WHERE tenant = ''"), "1");
  database_.Execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  ASSERT_THAT(Migrate(schema), IsOk());
  EXPECT_EQ(database_.Value("SELECT count(*) FROM link_backfill"), "0") << "of a new database";
}

// Blocker 7 came back after two steps and is at its first again; blocker 8 ended after its only
// one.
TEST_F(PostgresMigrationsTest, WhatWasToldBeforeBecomesStepsWithOutcomes) {
  const std::vector<PostgresMigration> schema = PostgresSchema();
  ASSERT_THAT(Migrate({schema[0]}), IsOk());
  database_.Execute(
      "INSERT INTO blockers VALUES (7, 'acme', 'jira', 'PAY-1', 'PAY', '', '', 3, 5, 19, "
      "0, '', 0.5, 0, 1, 1, 50, '[]', NULL, NULL, 1, 'zh', NULL, NULL, '[]'),"
      "(8, 'acme', 'jira', 'PAY-2', 'PAY', '', '', 4, 5, 19, "
      "0, '', 0.5, 0, 1, 1, 1, '[]', NULL, 90, 1, 'zh', NULL, NULL, '[]');"
      "INSERT INTO escalations VALUES"
      "(1, 'acme', 7, 'jira', 'PAY-1', 1, '', 'chat', 1, 10, '[]', '', '', '', 5, 19, '', '', '', "
      "0),"
      "(2, 'acme', 8, 'jira', 'PAY-2', 1, '', 'chat', 1, 20, '[]', '', '', '', 5, 19, '', '', '', "
      "0),"
      "(3, 'acme', 7, 'jira', 'PAY-1', 2, '', 'mail', 1, 30, '[]', '', '', '', 5, 19, '', '', '', "
      "0),"
      "(4, 'acme', 7, 'jira', 'PAY-1', 1, '', 'chat', 1, 60, '[]', '', '', '', 5, 19, '', '', '', "
      "0)");
  ASSERT_THAT(Migrate(schema), IsOk());
  EXPECT_EQ(database_.Value(
                "SELECT string_agg(escalation_id || ':' || blocker_id || '/' || opening || '/' ||"
                " level || '=' || outcome || '@' || coalesce(outcome_time_us::text, '-'), ' '"
                " ORDER BY escalation_id) FROM escalation_steps"),
            "1:7/0/1=3@30 2:8/0/1=2@90 3:7/0/2=2@- 4:7/1/1=1@-");
}

TEST_F(PostgresMigrationsTest, StepsAreNumberedWithoutGaps) {
  int number = 0;
  for (const PostgresMigration& migration : PostgresSchema()) {
    EXPECT_EQ(std::stoi(std::string(migration.name.substr(0, 4))), ++number);
  }
}

// What lets a cluster spread the tables.
TEST_F(PostgresMigrationsTest, EveryKeyStartsWithTheTenant) {
  ASSERT_THAT(Migrate(PostgresSchema()), IsOk());
  EXPECT_EQ(
      database_.Value(
          "SELECT coalesce(string_agg(indexrelid::regclass::text, ','), 'none') FROM pg_index "
          "JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] JOIN pg_class ON "
          "pg_class.oid = indrelid WHERE indisunique AND attname <> 'tenant' AND relnamespace "
          "= 'public'::regnamespace AND relname <> 'clearway_schema'"),
      "none");
  EXPECT_EQ(
      database_.Value("SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND connamespace "
                      "= 'public'::regnamespace"),
      "15");
}

}  // namespace
}  // namespace clearway::testing
