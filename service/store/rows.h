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
#include "service/store/sql_columns.h"
#include "service/store/store.h"

// Macros, so that column lists join their statements at compile time.
#define CLEARWAY_BLOCKER_COLUMNS                                                                   \
  "id, tenant, source, ticket, project, title, url, state, category, reason, secondary, "          \
  "waiting_on, confidence, priority, escalation_level, open_time_us, spell_time_us, past_spells, " \
  "acknowledge_time_us, resolve_time_us, update_time_us, language, next_escalation_time_us, "      \
  "resolved_text, snoozes"
#define CLEARWAY_REPORTED_COLUMNS \
  "id, project, category, reason, past_spells, spell_time_us, resolve_time_us"
#define CLEARWAY_CHANGE_COLUMNS "time_us, actor, from_state, to_state, category, reason, note"
#define CLEARWAY_ESCALATION_COLUMNS                                                               \
  "id, tenant, blocker_id, source, ticket, level, target, channel, due_time_us, create_time_us, " \
  "steps, draft_message, rationale, language, category, reason, policy, "                         \
  "recipient, message_group, urgency, next_step, fallback, handle, draft_language, members"
#define CLEARWAY_STEP_COLUMNS                                                               \
  "tenant, blocker_id, opening, level, escalation_id, project, category, reason, channel, " \
  "take_time_us, words, outcome, outcome_time_us"
#define CLEARWAY_FEEDBACK_COLUMNS                                                              \
  "id, tenant, source, ticket, blocker_id, time_us, verdict_category, verdict_reason, actor, " \
  "category, reason, secondary, waiting_on, note, language, snapshot"
#define CLEARWAY_RAW_EVENT_COLUMNS "tenant, source, ticket, event_id, receive_time_us, event"
#define CLEARWAY_ERASURE_COLUMNS \
  "id, tenant, kind, subject, time_us, actor, reason, row_count, done"

namespace clearway {

// Each reads the columns of the list of its name, in that order. DATA_LOSS when they hold what this
// version does not know.
absl::StatusOr<Blocker> ReadBlocker(const SqlColumns& columns);
// Its texts are those of the row: valid until the next one.
absl::StatusOr<ReportedBlocker> ReadReportedBlocker(const SqlColumns& columns);
absl::StatusOr<BlockerChange> ReadChange(const SqlColumns& columns);
absl::StatusOr<Escalation> ReadEscalation(const SqlColumns& columns);
// Reads a time and a group.
absl::StatusOr<RecentMessage> ReadRecentMessage(const SqlColumns& columns);
absl::StatusOr<TakenStep> ReadStep(const SqlColumns& columns);
// Reads one number.
absl::StatusOr<int64_t> ReadCount(const SqlColumns& columns);
absl::StatusOr<Feedback> ReadFeedback(const SqlColumns& columns);
// Reads category, reason, project and a count.
absl::StatusOr<OpenBlockerCount> ReadOpenCount(const SqlColumns& columns);
absl::StatusOr<RawEvent> ReadRawEvent(const SqlColumns& columns);
absl::StatusOr<Erasure> ReadErasure(const SqlColumns& columns);
// Reads tenant, source and ticket.
absl::StatusOr<TicketKey> ReadTicketKey(const SqlColumns& columns);
// Reads one column: what EncodeTicket wrote.
absl::StatusOr<StoredTicket> ReadTicket(const SqlColumns& columns);

// Reads every row to come of a cursor over rows: SqlColumns whose Step() says whether there is one
// more.
template <typename T, typename Cursor>
absl::StatusOr<std::vector<T>> ReadAll(Cursor& cursor,
                                       absl::StatusOr<T> (*read)(const SqlColumns&)) {
  std::vector<T> rows;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, cursor.Step());
    if (!more) return rows;
    ASSIGN_OR_RETURN(T row, read(cursor));
    rows.push_back(std::move(row));
  }
}

// Whether a spell of the blocker touches [from, to), its first and last instant included.
bool LastedWithin(const ReportedBlocker& blocker, absl::Time from, absl::Time to);

}  // namespace clearway
