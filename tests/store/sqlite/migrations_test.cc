#include "service/store/sqlite/migrations.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/codec.h"
#include "service/store/sql_links.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway::testing {
namespace {

using ::testing::HasSubstr;

const std::vector<SqliteMigration> kTwoSteps = {
    {"0001_one", "CREATE TABLE one (a INTEGER);"},
    {"0002_two", "CREATE TABLE two (b INTEGER); INSERT INTO one VALUES (7)"},
};

class MigrationsTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteConnection> Open(const std::string& path = ":memory:") {
    SqliteConnection::Options options;
    options.path = path;
    absl::StatusOr<std::unique_ptr<SqliteConnection>> connection = SqliteConnection::Open(options);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }
  static int64_t Number(SqliteConnection& connection, const std::string& sql) {
    absl::StatusOr<SqliteStatement> statement = connection.Prepare(sql);
    EXPECT_THAT(statement, IsOk());
    EXPECT_THAT(statement->Step(), IsOkAndHolds(true));
    return statement->Int64(0);
  }
  static int64_t Version(SqliteConnection& connection) {
    return Number(connection, "PRAGMA user_version");
  }

  TempDir dir_;
};

TEST_F(MigrationsTest, ANewDatabaseIsTakenToTheLastVersion) {
  const auto connection = Open();
  EXPECT_THAT(MigrateSqlite(*connection, kTwoSteps), IsOk());
  EXPECT_EQ(Version(*connection), 2);
  EXPECT_EQ(Number(*connection, "SELECT a FROM one"), 7);
}

TEST_F(MigrationsTest, AgainChangesNothing) {
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, kTwoSteps), IsOk());
  EXPECT_THAT(MigrateSqlite(*connection, kTwoSteps), IsOk());
  EXPECT_EQ(Number(*connection, "SELECT count(*) FROM one"), 1);
}

TEST_F(MigrationsTest, AnOlderDatabaseKeepsItsDataAndGetsTheRest) {
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, {kTwoSteps[0]}), IsOk());
  EXPECT_EQ(Version(*connection), 1);
  ASSERT_THAT(connection->Execute("INSERT INTO one VALUES (3)"), IsOk());
  EXPECT_THAT(MigrateSqlite(*connection, kTwoSteps), IsOk());
  EXPECT_EQ(Version(*connection), 2);
  EXPECT_EQ(Number(*connection, "SELECT sum(a) FROM one"), 10);
}

TEST_F(MigrationsTest, AStepThatFailsLeavesTheVersionBeforeIt) {
  const auto connection = Open();
  std::vector<SqliteMigration> broken = kTwoSteps;
  broken[1].sql = "CREATE TABLE two (b INTEGER); INSERT INTO nowhere VALUES (1);";
  EXPECT_THAT(MigrateSqlite(*connection, broken),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("0002_two")));
  EXPECT_EQ(Version(*connection), 1);
  EXPECT_EQ(Number(*connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'two'"), 0);
  EXPECT_THAT(MigrateSqlite(*connection, kTwoSteps), IsOk());
}

TEST_F(MigrationsTest, ANewerDatabaseIsRefusedAndLeftAlone) {
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, kTwoSteps), IsOk());
  EXPECT_THAT(MigrateSqlite(*connection, {kTwoSteps[0]}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("version 2")));
  EXPECT_EQ(Version(*connection), 2);
}

TEST_F(MigrationsTest, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  const auto connection = Open();
  ASSERT_THAT(connection->Execute("CREATE TABLE bookmarks (url TEXT)"), IsOk());
  EXPECT_THAT(MigrateSqlite(*connection, kTwoSteps),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another program")));
  EXPECT_EQ(Number(*connection, "SELECT count(*) FROM sqlite_schema"), 1);
  EXPECT_EQ(Number(*connection, "PRAGMA application_id"), 0);
}

TEST_F(MigrationsTest, TwoAtATimeAgree) {
  const std::string path = dir_.File("both.db");
  const auto first = Open(path);
  const auto second = Open(path);
  EXPECT_THAT(MigrateSqlite(*first, {kTwoSteps[0]}), IsOk());
  EXPECT_THAT(MigrateSqlite(*second, kTwoSteps), IsOk());
  EXPECT_THAT(MigrateSqlite(*first, kTwoSteps), IsOk());
  EXPECT_EQ(Number(*first, "SELECT count(*) FROM one"), 1);
}

// Opens every older schema: a step that was released must lead on to today's.
TEST_F(MigrationsTest, EveryOlderSchemaLeadsToTheLast) {
  const std::vector<SqliteMigration> schema = SqliteSchema();
  for (size_t version = 0; version <= schema.size(); ++version) {
    const auto connection = Open();
    const std::vector<SqliteMigration> older(schema.begin(),
                                             schema.begin() + static_cast<std::ptrdiff_t>(version));
    ASSERT_THAT(MigrateSqlite(*connection, older), IsOk());
    EXPECT_THAT(MigrateSqlite(*connection, schema), IsOk());
    EXPECT_EQ(Version(*connection), static_cast<int64_t>(schema.size()));
    EXPECT_EQ(Number(*connection, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
  }
}

TEST_F(MigrationsTest, FeedbackOfTheFirstSchemaIsKept) {
  const std::vector<SqliteMigration> schema = SqliteSchema();
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, {schema[0]}), IsOk());
  ASSERT_THAT(
      connection->Execute(
          "INSERT INTO blockers VALUES (7, 'acme', 'jira', 'PAY-1', '', '', '', 1, 5, 19, "
          "0, '', 0.5, 0, 0, 1, 1, '[]', NULL, NULL, 1, 'zh', NULL, NULL);"
          "INSERT INTO feedback VALUES (3, 'acme', 7, 'ana', 20, 5, 19, 4, 13, 'HR', 'why')"),
      IsOk());
  ASSERT_THAT(MigrateSqlite(*connection, schema), IsOk());
  EXPECT_EQ(Number(*connection,
                   "SELECT count(*) FROM feedback WHERE id = 3 AND tenant = 'acme'"
                   " AND source = 'jira' AND ticket = 'PAY-1' AND blocker_id = 7 AND actor = 'ana'"
                   " AND time_us = 20 AND verdict_category = 5 AND verdict_reason = 19"
                   " AND category = 4 AND reason = 13 AND secondary = 0 AND waiting_on = 'HR'"
                   " AND note = 'why' AND language = 'zh' AND snapshot IS NULL"),
            1);
  ASSERT_THAT(connection->Execute(
                  "INSERT INTO feedback (tenant, source, ticket, actor, time_us, verdict_category, "
                  "verdict_reason, category, reason, secondary, waiting_on, note, language) VALUES "
                  "('acme', 'jira', 'PAY-2', 'ana', 21, 1, 0, 5, 19, 0, '', '', 'en')"),
              IsOk());
  EXPECT_EQ(Number(*connection, "SELECT max(id) FROM feedback"), 4) << "ids go on";
}

TEST_F(MigrationsTest, OfOlderTicketsTheStateTellsWhetherTheyEnded) {
  const std::vector<SqliteMigration> schema = SqliteSchema();
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, {schema[0], schema[1], schema[2]}), IsOk());
  StoredTicket ticket;
  ticket.state.ticket.project = "PAY";
  ticket.state.ticket.done = true;
  const std::string state = *EncodeTicket(ticket);
  {
    SqliteStatement insert =
        *connection->Prepare("INSERT INTO tickets VALUES ('acme', 'jira', 'PAY-1', ?)");
    insert.Bind(SqlBlob{state});
    ASSERT_THAT(insert.Run(), IsOk());
  }
  ASSERT_THAT(MigrateSqlite(*connection, schema), IsOk());
  SqlLinks<SqliteConnection> links(*connection);
  const std::vector<LinkedTicket> found = *links.Tickets({"acme", "jira"}, {"PAY-1"});
  EXPECT_TRUE(found.at(0).known);
  EXPECT_TRUE(found.at(0).over);
  EXPECT_EQ(found.at(0).project, "PAY");
}

TEST_F(MigrationsTest, TicketsOfOlderSchemasAreToBeLookedThroughOnce) {
  std::vector<SqliteMigration> schema = SqliteSchema();
  const std::vector<SqliteMigration> older(schema.begin(), schema.begin() + 8);
  const auto empty = Open(dir_.File("empty.db"));
  const auto filled = Open(dir_.File("filled.db"));
  for (SqliteConnection* connection : {&*empty, &*filled}) {
    ASSERT_THAT(MigrateSqlite(*connection, older), IsOk());
  }
  ASSERT_THAT(filled->Execute("INSERT INTO tickets VALUES ('acme', 'jira', 'PAY-1', x'', 0, '')"),
              IsOk());
  for (SqliteConnection* connection : {&*empty, &*filled}) {
    ASSERT_THAT(MigrateSqlite(*connection, schema), IsOk());
  }
  EXPECT_EQ(Number(*empty, "SELECT count(*) FROM link_backfill"), 0);
  EXPECT_EQ(Number(*filled, "SELECT count(*) FROM link_backfill WHERE tenant = ''"), 1);
}

// Blocker 7 came back after two steps and is at its first again; blocker 8 ended after its only
// one.
TEST_F(MigrationsTest, WhatWasToldBeforeBecomesStepsWithOutcomes) {
  const std::vector<SqliteMigration> schema = SqliteSchema();
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, {schema.begin(), schema.begin() + 3}), IsOk());
  ASSERT_THAT(
      connection->Execute(
          "INSERT INTO blockers VALUES (7, 'acme', 'jira', 'PAY-1', 'PAY', '', '', 3, 5, 19, "
          "0, '', 0.5, 0, 1, 1, 50, '[]', NULL, NULL, 1, 'zh', NULL, NULL, '[]'),"
          "(8, 'acme', 'jira', 'PAY-2', 'PAY', '', '', 4, 5, 19, "
          "0, '', 0.5, 0, 1, 1, 1, '[]', NULL, 90, 1, 'zh', NULL, NULL, '[]');"
          "INSERT INTO escalations (id, tenant, blocker_id, source, ticket, level, target, "
          "channel, "
          "due_time_us, create_time_us, steps, draft_message, rationale, language, category, "
          "reason, policy) VALUES"
          "(1, 'acme', 7, 'jira', 'PAY-1', 1, '', 'chat', 1, 10, '[]', '', '', '', 5, 19, ''),"
          "(2, 'acme', 8, 'jira', 'PAY-2', 1, '', 'chat', 1, 20, '[]', '', '', '', 5, 19, ''),"
          "(3, 'acme', 7, 'jira', 'PAY-1', 2, '', 'mail', 1, 30, '[]', '', '', '', 5, 19, ''),"
          "(4, 'acme', 7, 'jira', 'PAY-1', 1, '', 'chat', 1, 60, '[]', '', '', '', 5, 19, '')"),
      IsOk());
  ASSERT_THAT(MigrateSqlite(*connection, schema), IsOk());
  absl::StatusOr<SqliteStatement> steps = connection->Prepare(
      "SELECT group_concat(escalation_id || ':' || blocker_id || '/' || opening || '/' || level ||"
      " '=' || outcome || '@' || coalesce(outcome_time_us, '?'), ' ')"
      " FROM (SELECT * FROM escalation_steps ORDER BY escalation_id)");
  ASSERT_THAT(steps, IsOk());
  ASSERT_THAT(steps->Step(), IsOk());
  EXPECT_EQ(steps->Text(0), "1:7/0/1=3@30 2:8/0/1=2@90 3:7/0/2=2@? 4:7/1/1=1@?");
}

TEST_F(MigrationsTest, StepsAreNumberedWithoutGaps) {
  int number = 0;
  for (const SqliteMigration& migration : SqliteSchema()) {
    EXPECT_EQ(std::stoi(std::string(migration.name.substr(0, 4))), ++number);
  }
}

// "Every key starts with the tenant" is what lets a cluster spread the tables later.
TEST_F(MigrationsTest, EveryKeyStartsWithTheTenant) {
  const auto connection = Open();
  ASSERT_THAT(MigrateSqlite(*connection, SqliteSchema()), IsOk());
  absl::StatusOr<SqliteStatement> keys = connection->Prepare(
      "SELECT tables.name || '.' || indexes.name, first.name"
      " FROM sqlite_schema AS tables, pragma_index_list(tables.name) AS indexes,"
      " pragma_index_info(indexes.name) AS first"
      " WHERE tables.type = 'table' AND indexes.\"unique\" AND first.seqno = 0");
  ASSERT_THAT(keys, IsOk());
  int seen = 0;
  while (keys->Step().value_or(false)) {
    EXPECT_EQ(keys->Text(1), "tenant") << keys->Text(0);
    ++seen;
  }
  EXPECT_GE(seen, 4);
}

}  // namespace
}  // namespace clearway::testing
