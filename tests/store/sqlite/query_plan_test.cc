#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/filter.h"
#include "service/store/filter_sql.h"
#include "service/store/link_queries.h"
#include "service/store/sqlite/connection.h"
#include "service/store/sqlite/migrations.h"
#include "service/store/sqlite/sqlite_queries.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// How SQLite would run a query, before any data: what it chooses then it keeps.
class QueryPlanTest : public ::testing::Test {
 protected:
  QueryPlanTest() {
    SqliteConnection::Options options;
    options.path = ":memory:";
    connection_ = *SqliteConnection::Open(options);
    EXPECT_THAT(MigrateSqlite(*connection_, SqliteSchema()), IsOk());
  }

  std::string Plan(const std::string& sql) {
    absl::StatusOr<SqliteStatement> explain =
        connection_->Prepare(absl::StrCat("EXPLAIN QUERY PLAN ", sql));
    EXPECT_THAT(explain, IsOk());
    std::string plan;
    while (explain->Step().value_or(false)) absl::StrAppend(&plan, explain->Text(3), "\n");
    return plan;
  }
  std::string ListPlan(const std::string& filter) {
    return Plan(SelectBlockersWhere(*ParseFilter(filter), kSqliteDialect).sql);
  }

  std::unique_ptr<SqliteConnection> connection_;
};

TEST_F(QueryPlanTest, NothingButTheCountReadsAWholeTable) {
  for (const char* sql :
       {kSelectTicket, kSelectBlocker, kSelectLatestBlocker, kSelectChanges, kSelectDueBlockers,
        kSelectLasting, kSelectEscalations, kSelectEscalationsOfBlocker, kSelectEscalationsAfter,
        kSelectRecentMessages, kCountMessages, kSelectSaid, kSelectSteps, kSelectStepsTold,
        kSelectEscalationsThatAddBlocker, kSelectFeedback}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("SEARCH"), Not(HasSubstr("SCAN")))) << sql;
  }
}

TEST_F(QueryPlanTest, LinksAreFoundByTheirKeys) {
  for (const char* sql : {kSelectHangsOn, kSelectHolds, kSelectIsLinked, kSelectEnded,
                          kSelectRootsOf, kSelectHangingOn, kSelectRoot, kSelectHeaviestRoots,
                          kSelectHeaviestRootsOfProject, kSelectLinkChanges, kSelectTicketsBehind,
                          kSelectEndedBefore, kLeaveHolds, kLeaveDependencies}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("SEARCH"), Not(HasSubstr("SCAN")))) << sql;
  }
  EXPECT_THAT(Plan(kSelectHolds), HasSubstr("dependencies_by_blocker"));
  EXPECT_THAT(Plan(kSelectEndedBefore), HasSubstr("dependencies_on_ended"));
  EXPECT_THAT(Plan(kLeaveHolds), HasSubstr("dependencies_by_blocker"));
  EXPECT_THAT(Plan(kSelectRootsOf), HasSubstr("hanging_by_ticket"));
  EXPECT_THAT(Plan(kSelectHeaviestRootsOfProject), HasSubstr("hanging_by_project"));
}

TEST_F(QueryPlanTest, NothingIsSorted) {
  for (const char* sql : {kSelectLatestBlocker, kSelectChanges, kSelectDueBlockers,
                          kSelectEscalations, kSelectEscalationsOfBlocker, kSelectEscalationsAfter,
                          kSelectRecentMessages, kSelectSteps, kSelectFeedback}) {
    EXPECT_THAT(Plan(sql), Not(HasSubstr("ORDER BY"))) << sql;
  }
}

TEST_F(QueryPlanTest, SweepsReadTheSmallIndexesOfWhatLasts) {
  EXPECT_THAT(Plan(kSelectDueBlockers), HasSubstr("blockers_due"));
  EXPECT_THAT(Plan(kCountOpenBlockers), HasSubstr("COVERING INDEX blockers_unresolved"));
}

TEST_F(QueryPlanTest, ReportsReadNoRows) {
  for (const char* sql : {kSelectLasting, kSelectLastingOfProject}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("COVERING INDEX blockers_unresolved"),
                                 HasSubstr("COVERING INDEX blockers_resolved")));
  }
}

TEST_F(QueryPlanTest, PagesOfATicketReadItsIndex) {
  for (const char* filter : {"ticket = \"PAY-1\"", "ticket = \"PAY-1\" AND state = OPEN",
                             "state = RESOLVED AND ticket = \"PAY-1\" AND source = jira"}) {
    EXPECT_THAT(
        ListPlan(filter),
        AllOf(HasSubstr("INDEX blockers_by_ticket (tenant=? AND ticket=? AND rowid>? AND rowid<?)"),
              Not(HasSubstr("ORDER BY"))))
        << filter;
  }
}

TEST_F(QueryPlanTest, PagesOfAProjectReadItsIndex) {
  for (const char* filter : {"project = PAY", "project = PAY AND state = RESOLVED",
                             "project = PAY AND (state = OPEN OR -state = RESOLVED)",
                             "reason = STAFFING AND project = PAY"}) {
    EXPECT_THAT(
        ListPlan(filter),
        AllOf(
            HasSubstr("INDEX blockers_by_project (tenant=? AND project=? AND rowid>? AND rowid<?)"),
            Not(HasSubstr("ORDER BY"))))
        << filter;
  }
}

TEST_F(QueryPlanTest, TicketsAreReadOnFromTheLastOne) {
  for (const char* sql : {kSelectTicketKeys, kSelectTicketKeysWithEvents}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("(source,ticket)>(?,?)"), HasSubstr("COVERING INDEX"),
                                 Not(HasSubstr("TEMP B-TREE"))))
        << sql;
  }
}

TEST_F(QueryPlanTest, WhatIsOverOrErasedIsFoundByItsIndex) {
  for (const char* sql :
       {kSelectRawEvents, kSelectErasures, kSelectHasErasures, kSelectErasuresOf,
        kSelectBlockersOfTicket, kSelectChangesWithPlaces, kSelectAllEscalationsOfBlocker,
        kSelectFeedbackOfTicket, kSelectOldBlockers, kDeleteOldRawEvents, kDeleteOldFeedback,
        kUpdateRawEvent, kForgetBlockerInFeedback}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("SEARCH"), Not(HasSubstr("SCAN")))) << sql;
  }
  EXPECT_THAT(Plan(kSelectAllEscalationsOfBlocker), HasSubstr("escalations_by_blocker"));
}

TEST_F(QueryPlanTest, PagesOfWhatLastsReadTheSmallIndex) {
  for (const char* filter : {"state = OPEN", "state != RESOLVED", "NOT state = RESOLVED",
                             "-resolve_time:*", "state = OPEN OR state = ESCALATED"}) {
    EXPECT_THAT(ListPlan(filter),
                AllOf(HasSubstr("INDEX blockers_unresolved (tenant=? AND id>? AND id<?)"),
                      Not(HasSubstr("ORDER BY"))))
        << filter;
  }
}

TEST_F(QueryPlanTest, WhereAPageHasLookedAtEnoughIsReadFromTheIndexOfThePage) {
  const std::string project =
      "COVERING INDEX blockers_by_project (tenant=? AND project=? AND rowid<?)";
  for (const auto& [sql, index] :
       {std::pair<std::string, std::string>{kSelectIdBehind, "COVERING INDEX blockers_by_id"},
        {kSelectIdBehindLasting, "COVERING INDEX blockers_unresolved"},
        {kSelectIdBehindOfProject, project},
        {kSelectFeedbackIdBehind, "COVERING INDEX feedback"}}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr(index), Not(HasSubstr("ORDER BY")))) << sql;
  }
}

TEST_F(QueryPlanTest, PagesOfAllReadTheTenantInOrder) {
  for (const char* filter :
       {"", "state = RESOLVED", "NOT state = OPEN", "state = OPEN OR project = PAY",
        "NOT (state = RESOLVED AND project = PAY)", "resolve_time:*", "state:*", "project = P*",
        "project = \"\"", "project != PAY", "ticket = *1", "NOT ticket = \"PAY-1\""}) {
    EXPECT_THAT(ListPlan(filter),
                AllOf(HasSubstr("INDEX blockers_by_id (tenant=? AND id>? AND id<?)"),
                      Not(HasSubstr("ORDER BY"))))
        << filter;
  }
}

}  // namespace
}  // namespace clearway::testing
