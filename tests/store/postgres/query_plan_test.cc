#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/store/filter.h"
#include "service/store/filter_sql.h"
#include "service/store/link_queries.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/postgres/report_query.h"
#include "service/store/postgres/statement.h"
#include "tests/store/postgres/database.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// How PostgreSQL runs a query whatever its parameters, where reading a whole table is made dear:
// what still reads one has no index to go by.
class PostgresQueryPlanTest : public ::testing::Test {
 protected:
  PostgresQueryPlanTest() : store_(database_.Open()), connection_(database_.Connect()) {
    EXPECT_THAT(connection_->Execute("SET enable_seqscan = off; SET enable_sort = off; "
                                     "SET enable_bitmapscan = off; "
                                     "SET plan_cache_mode = force_generic_plan"),
                IsOk());
  }

  std::string Plan(const std::string& query) {
    const std::string sql = DollarParameters(query);
    std::string nulls;
    for (int i = 1; sql.find(absl::StrCat("$", i)) != std::string::npos; ++i) {
      absl::StrAppend(&nulls, i == 1 ? "(" : ", ", "NULL");
    }
    if (!nulls.empty()) nulls += ")";
    EXPECT_THAT(connection_->Execute(absl::StrCat("DEALLOCATE ALL; PREPARE q AS ", sql)), IsOk());
    absl::StatusOr<PgStatement> explain =
        connection_->Prepare(absl::StrCat("EXPLAIN EXECUTE q", nulls));
    EXPECT_THAT(explain, IsOk());
    std::string plan;
    for (;;) {
      const absl::StatusOr<bool> row = explain->Step();
      EXPECT_THAT(row, IsOk()) << sql;
      if (!row.value_or(false)) return plan;
      absl::StrAppend(&plan, explain->Text(0), "\n");
    }
  }
  std::string ListPlan(const std::string& filter) {
    return Plan(SelectBlockersWhere(*ParseFilter(filter), kPostgresDialect).sql);
  }

  PostgresDatabase database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<PgConnection> connection_;
};

TEST_F(PostgresQueryPlanTest, NothingButTheCountReadsAWholeTableOrSorts) {
  for (const char* sql :
       {kSelectTicket, kSelectBlocker, kSelectLatestBlocker, kSelectChanges, kSelectDueBlockers,
        kSelectEscalations, kSelectEscalationsOfBlocker, kSelectEscalationsAfter, kSelectSaid,
        kCountMessages, kSelectSteps, kSelectFeedback, kSelectEvents, kSelectTickets,
        kSelectLatestBlockers, kSelectLastEscalationUpTo}) {
    EXPECT_THAT(Plan(sql),
                AllOf(HasSubstr("Index"), Not(HasSubstr("Seq Scan")), Not(HasSubstr("Sort"))))
        << sql;
  }
}

TEST_F(PostgresQueryPlanTest, LinksAreFoundByTheirKeys) {
  for (const char* sql :
       {kSelectHangsOn, kSelectHolds, kSelectIsLinked, kSelectLinked, kSelectEnded, kSelectRootsOf,
        kSelectHangingOn, kSelectRoot, kSelectHeaviestRoots, kSelectChangedScope,
        kSelectLinkChanges, kSelectTicketsBehind, kSelectEndedBefore, kLeaveHolds,
        kLeaveDependencies}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("Index"), Not(HasSubstr("Seq Scan")))) << sql;
  }
  EXPECT_THAT(Plan(kSelectHolds), HasSubstr("dependencies_by_blocker"));
  EXPECT_THAT(Plan(kSelectEndedBefore), HasSubstr("dependencies_on_ended"));
  EXPECT_THAT(Plan(kSelectRootsOf), HasSubstr("hanging_by_ticket"));
}

TEST_F(PostgresQueryPlanTest, WhatARecipientWasToldIsReadFromItsIndex) {
  EXPECT_THAT(Plan(kSelectRecentMessages), HasSubstr("escalations_by_recipient"));
  for (const char* sql : {kCountMessages, kSelectMessagesOfTenant}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr("escalations_by_time"), Not(HasSubstr("Sort")))) << sql;
  }
  const std::string steps(kDeclareSteps);
  EXPECT_THAT(Plan(steps.substr(steps.find("SELECT"))), HasSubstr("escalation_steps_by_time"));
  EXPECT_THAT(Plan(kSelectEscalationsThatAddBlocker),
              AllOf(HasSubstr("escalation_steps_pkey"), Not(HasSubstr("Seq Scan"))));
}

TEST_F(PostgresQueryPlanTest, SweepsReadTheSmallIndexesOfWhatLasts) {
  EXPECT_THAT(Plan(kSelectDueBlockers), HasSubstr("blockers_due"));
}

TEST_F(PostgresQueryPlanTest, ReportsReadNoRowsOfWhatEnded) {
  const auto plan = [this](const std::string& project) {
    return Plan(SelectLasting("acme", project, absl::InfinitePast(), absl::InfiniteFuture()));
  };
  const auto reads_indexes =
      AllOf(HasSubstr("Index Only Scan using blockers_resolved on"),
            HasSubstr("Index Scan using blockers_resolved_often"), Not(HasSubstr("Seq Scan")));
  EXPECT_THAT(plan(""), AllOf(reads_indexes, HasSubstr("Index Scan using blockers_unresolved")));
  EXPECT_THAT(plan("PAY"), reads_indexes);
}

TEST_F(PostgresQueryPlanTest, PagesOfATicketAndOfAProjectReadTheirIndexes) {
  EXPECT_THAT(ListPlan("ticket = \"PAY-1\" AND state = OPEN"),
              AllOf(HasSubstr("blockers_by_ticket"), Not(HasSubstr("Sort"))));
  for (const char* filter :
       {"project = PAY AND state = RESOLVED", "project = PAY AND state = OPEN"}) {
    EXPECT_THAT(ListPlan(filter), AllOf(HasSubstr("blockers_by_project"), Not(HasSubstr("Sort"))))
        << filter;
  }
}

// The tables are empty and were never looked at by ANALYZE, as in the first minutes of a new one.
TEST_F(PostgresQueryPlanTest, WhoAsksForAnIdIsNeverSentThroughTheTenant) {
  for (const char* sql :
       {kSelectBlocker, kUpdateBlocker,
        "SELECT 1 FROM ONLY blockers AS x WHERE tenant = ?1 AND id = ?2 FOR KEY SHARE OF x"}) {
    EXPECT_THAT(Plan(sql), HasSubstr("blockers_pkey")) << sql;
  }
}

TEST_F(PostgresQueryPlanTest, PagesOfWhatLastsReadTheSmallIndex) {
  for (const char* filter : {"state = OPEN", "state != RESOLVED", "-resolve_time:*"}) {
    EXPECT_THAT(ListPlan(filter), AllOf(HasSubstr("blockers_unresolved"), Not(HasSubstr("Sort"))))
        << filter;
  }
}

TEST_F(PostgresQueryPlanTest, WhatIsOverOrErasedIsFoundByItsIndex) {
  for (const auto& [sql, index] :
       {std::pair<std::string, std::string>{kSelectRawEvents, "raw_events_by_ticket"},
        {kUpdateRawEvent, "raw_events_by_ticket"},
        {kDeleteOldRawEvents, "raw_events_pkey"},
        {kSelectErasures, "erasures_pkey"},
        {kSelectBlockersOfTicket, "blockers_by_ticket"},
        {kSelectChangesWithPlaces, "blocker_changes_pkey"},
        {kForgetBlockerInFeedback, "feedback_by_blocker"}}) {
    EXPECT_THAT(Plan(sql), AllOf(HasSubstr(index), Not(HasSubstr("Seq Scan")))) << sql;
  }
  // Rows that are found by one of two conditions would be looked for among all of the tenant's.
  EXPECT_THAT(Plan(kSelectAllEscalationsOfBlocker), Not(HasSubstr("SubPlan")));
  EXPECT_THAT(Plan(kSelectOldBlockersOfBothIndexes),
              AllOf(HasSubstr("blockers_resolved on"), HasSubstr("blockers_resolved_often"),
                    HasSubstr("blockers_by_ticket"), Not(HasSubstr("Sort  ("))));
}

TEST_F(PostgresQueryPlanTest, WhereAPageHasLookedAtEnoughIsReadFromTheIndexOfThePage) {
  for (const auto& [sql, index] :
       {std::pair<std::string, std::string>{kSelectIdBehind, "blockers_pkey"},
        {kSelectIdBehindLasting, "blockers_unresolved"},
        {kSelectIdBehindOfProject, "blockers_by_project"},
        {kSelectFeedbackIdBehind, "feedback_pkey"}}) {
    EXPECT_THAT(Plan(sql),
                AllOf(HasSubstr("Index Only Scan"), HasSubstr(index), Not(HasSubstr("Sort"))))
        << sql;
  }
}

TEST_F(PostgresQueryPlanTest, PagesOfAllReadTheTenantInOrder) {
  for (const char* filter : {"", "state = RESOLVED", "waiting_on:legal", "project = *Y"}) {
    EXPECT_THAT(ListPlan(filter), AllOf(HasSubstr("blockers_pkey"), Not(HasSubstr("Sort"))))
        << filter;
  }
}

}  // namespace
}  // namespace clearway::testing
