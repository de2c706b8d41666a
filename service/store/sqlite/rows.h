#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker.h"
#include "service/domain/escalation.h"
#include "service/domain/ticket.h"
#include "service/store/sqlite/connection.h"
#include "service/store/sqlite/statement.h"
#include "service/store/store.h"

// Macros, so that column lists join their statements at compile time.
#define CLEARWAY_BLOCKER_COLUMNS                                                                   \
  "id, tenant, source, ticket, project, title, url, state, category, reason, secondary, "          \
  "waiting_on, confidence, priority, escalation_level, open_time_us, spell_time_us, past_spells, " \
  "acknowledge_time_us, resolve_time_us, update_time_us, language, next_escalation_time_us, "      \
  "resolved_text, snoozes"
#define CLEARWAY_CHANGE_COLUMNS "time_us, actor, from_state, to_state, category, reason, note"
#define CLEARWAY_ESCALATION_COLUMNS                                                               \
  "id, tenant, blocker_id, source, ticket, level, target, channel, due_time_us, create_time_us, " \
  "steps, draft_message, rationale, language, category, reason, policy, "                         \
  "recipient, message_group, urgency"
#define CLEARWAY_FEEDBACK_COLUMNS                                                              \
  "id, tenant, source, ticket, blocker_id, time_us, verdict_category, verdict_reason, actor, " \
  "category, reason, secondary, waiting_on, note, language, snapshot"

namespace clearway {

// Each reads the columns of the list of its name, in that order. DATA_LOSS when they hold what this
// version does not know.
absl::StatusOr<Blocker> ReadBlocker(const SqliteStatement& statement);
absl::StatusOr<BlockerChange> ReadChange(const SqliteStatement& statement);
absl::StatusOr<Escalation> ReadEscalation(const SqliteStatement& statement);
// Reads a time and a group.
absl::StatusOr<RecentMessage> ReadRecentMessage(const SqliteStatement& statement);
absl::StatusOr<Feedback> ReadFeedback(const SqliteStatement& statement);
// Reads category, reason, project and a count.
absl::StatusOr<OpenBlockerCount> ReadOpenCount(const SqliteStatement& statement);

// Reads every row to come.
template <typename T>
absl::StatusOr<std::vector<T>> ReadAll(SqliteStatement& statement,
                                       absl::StatusOr<T> (*read)(const SqliteStatement&)) {
  std::vector<T> rows;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return rows;
    ASSIGN_OR_RETURN(T row, read(statement));
    rows.push_back(std::move(row));
  }
}

// The reads that the store and its transactions share.

absl::StatusOr<std::optional<StoredTicket>> SelectTicket(SqliteConnection& connection,
                                                         const TicketKey& key);
// NOT_FOUND when the tenant has no such blocker.
absl::StatusOr<Blocker> SelectBlocker(SqliteConnection& connection, const std::string& tenant,
                                      int64_t id);

}  // namespace clearway
