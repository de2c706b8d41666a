#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "service/base/status_macros.h"
#include "service/domain/erasure.h"
#include "service/store/link_queries.h"
#include "service/store/queries.h"
#include "service/store/rows.h"
#include "service/store/sql_writes.h"
#include "service/store/store.h"

namespace clearway {

// Deletes rows over one connection, for every back end that speaks SQL. Connection and statements
// as in sql_reads.h; `Changes(connection, statement)` is the number of rows that the last statement
// run changed.

template <typename Connection, typename Changes, typename... Values>
absl::StatusOr<int64_t> RunDelete(Connection& connection, Changes changes, const char* sql,
                                  const Values&... values) {
  ASSIGN_OR_RETURN(auto statement, connection.Cached(sql));
  statement.Bind(values...);
  RETURN_IF_ERROR(statement.Run());
  return changes(connection, statement);
}

// Ids of blockers whose time is over; see Kept::kResolvedBlockers.
template <typename Connection>
absl::StatusOr<std::vector<int64_t>> SelectOldBlockers(Connection& connection,
                                                       const std::string& tenant, absl::Time before,
                                                       int limit,
                                                       const char* sql = kSelectOldBlockers) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(sql));
  select.Bind(tenant, before, limit);
  std::vector<int64_t> ids;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, select.Step());
    if (!more) return ids;
    ids.push_back(select.Int64(0));
  }
}

inline std::vector<int64_t> IdsOf(const std::vector<Blocker>& blockers) {
  std::vector<int64_t> ids;
  ids.reserve(blockers.size());
  for (const Blocker& blocker : blockers) ids.push_back(blocker.id);
  return ids;
}

// Takes the blocker out of the messages that tell of it among others; see ForgetMember.
template <typename Connection>
absl::Status LeaveMessages(Connection& connection, const std::string& tenant, int64_t id) {
  std::vector<Escalation> messages;
  {
    ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectEscalationsThatAddBlocker));
    select.Bind(tenant, id, std::numeric_limits<int64_t>::max(), std::numeric_limits<int>::max());
    ASSIGN_OR_RETURN(messages, ReadAll(select, ReadEscalation));
  }
  for (Escalation& message : messages) {
    ForgetMember(id, &message);
    ASSIGN_OR_RETURN(auto update, connection.Cached(kUpdateEscalationTexts));
    BindUpdateEscalationTexts(message, update);
    RETURN_IF_ERROR(update.Run());
  }
  return absl::OkStatus();
}

// With what hangs on it; feedback stays, without it.
template <typename Connection, typename Changes>
absl::StatusOr<int64_t> DeleteBlocker(Connection& connection, Changes changes,
                                      const std::string& tenant, int64_t id) {
  RETURN_IF_ERROR(LeaveMessages(connection, tenant, id));
  int64_t rows = 0;
  for (const char* sql : {kDeleteChanges, kDeleteEscalations}) {
    ASSIGN_OR_RETURN(const int64_t some, RunDelete(connection, changes, sql, tenant, id));
    rows += some;
  }
  RETURN_IF_ERROR(RunDelete(connection, changes, kDeleteSteps, tenant, id).status());
  RETURN_IF_ERROR(RunDelete(connection, changes, kForgetBlockerInFeedback, tenant, id).status());
  ASSIGN_OR_RETURN(const int64_t own, RunDelete(connection, changes, kDeleteBlocker, tenant, id));
  return rows + own;
}

// See Transaction::DeleteTicket. `over`: whether the ticket had ended.
template <typename Connection, typename Changes>
absl::StatusOr<int64_t> DeleteTicketRows(Connection& connection, Changes changes,
                                         const TicketKey& key, bool over,
                                         const std::vector<int64_t>& blockers) {
  int64_t rows = 0;
  const auto run = [&](const char* sql) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t some,
                     RunDelete(connection, changes, sql, key.tenant, key.source, key.key));
    rows += some;
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(run(kDeleteFeedbackOfTicket));
  for (const int64_t id : blockers) {
    ASSIGN_OR_RETURN(const int64_t some, DeleteBlocker(connection, changes, key.tenant, id));
    rows += some;
  }
  RETURN_IF_ERROR(run(kDeleteRawEventsOfTicket));
  RETURN_IF_ERROR(run(kDeleteOwnDependencies));
  RETURN_IF_ERROR(run(kDeleteOwnHolds));
  for (const char* sql : {kLeaveHolds, kLeaveDependencies}) {
    RETURN_IF_ERROR(
        RunDelete(connection, changes, sql, key.tenant, key.source, key.key, static_cast<int>(over))
            .status());
  }
  RETURN_IF_ERROR(run(kDeleteTicket));
  return rows;
}

// The ticket's blockers.
template <typename Connection>
absl::StatusOr<std::vector<Blocker>> SelectBlockersOfTicket(Connection& connection,
                                                            const TicketKey& key) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectBlockersOfTicket));
  select.Bind(key.tenant, key.source, key.key);
  return ReadAll(select, ReadBlocker);
}

}  // namespace clearway
