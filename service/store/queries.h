#pragma once

#include "service/store/rows.h"

namespace clearway {

// The statements that all back ends speaking SQL share, in one place so that tests can ask a back
// end how it would run them. Parameters are `?`, taken in order, or `?N`.

inline constexpr char kSelectTicket[] =
    "SELECT state FROM tickets WHERE tenant = ? AND source = ? AND ticket = ?";

inline constexpr char kSelectBlocker[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS " FROM blockers WHERE id = ? AND tenant = ?";

// No ticket has an empty key: said so that PostgreSQL may use an index that says it, too.
inline constexpr char kSelectLatestBlocker[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE tenant = ? AND source = ? AND ticket = ? AND ticket <> ''"
    " ORDER BY id DESC LIMIT 1";

inline constexpr char kSelectChanges[] =
    "SELECT " CLEARWAY_CHANGE_COLUMNS
    " FROM blocker_changes WHERE tenant = ? AND blocker_id = ? ORDER BY position";

// Where a page has looked at enough of an index: the first id behind so many of all the tenant's,
// of what lasts, of a project, and of feedback.
#define CLEARWAY_ID_BEHIND(table, condition)                         \
  "SELECT id FROM " table " WHERE tenant = ?1 AND id < ?2" condition \
  " ORDER BY id DESC LIMIT 1 OFFSET ?3"
inline constexpr char kSelectIdBehind[] = CLEARWAY_ID_BEHIND("blockers", "");
inline constexpr char kSelectIdBehindLasting[] =
    CLEARWAY_ID_BEHIND("blockers", " AND resolve_time_us IS NULL");
inline constexpr char kSelectIdBehindOfProject[] =
    CLEARWAY_ID_BEHIND("blockers", " AND project <> '' AND project = ?4");
inline constexpr char kSelectFeedbackIdBehind[] = CLEARWAY_ID_BEHIND("feedback", "");

inline constexpr char kSelectDueBlockers[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE next_escalation_time_us <= ? AND resolve_time_us IS NULL"
    " ORDER BY next_escalation_time_us LIMIT ?";

inline constexpr char kCountOpenBlockers[] =
    "SELECT category, reason, project, count(*) FROM blockers WHERE resolve_time_us IS NULL"
    " GROUP BY category, reason, project";

inline constexpr char kSelectEscalations[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?";

inline constexpr char kSelectEscalationsOfBlocker[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ? AND blocker_id = ? AND id < ? ORDER BY id DESC LIMIT ?";

inline constexpr char kSelectEscalationsAfter[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?";

// Of those that tell of a blocker beside another.
inline constexpr char kSelectEscalationsThatAddBlocker[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ?1 AND blocker_id <> ?2 AND id IN (SELECT escalation_id"
    " FROM escalation_steps WHERE tenant = ?1 AND blocker_id = ?2 AND escalation_id < ?3)"
    " ORDER BY id DESC LIMIT ?4";

inline constexpr char kSelectRecentMessages[] =
    "SELECT create_time_us, message_group FROM escalations"
    " WHERE tenant = ? AND recipient = ? AND recipient <> '' AND create_time_us >= ?"
    " AND create_time_us <= ? ORDER BY create_time_us DESC LIMIT ?";

inline constexpr char kCountMessages[] =
    "SELECT count(*) FROM escalations WHERE tenant = ? AND create_time_us > ?"
    " AND create_time_us <= ?";

inline constexpr char kSelectSaid[] =
    "SELECT 1 FROM escalations WHERE tenant = ?1 AND blocker_id = ?2"
    " AND recipient = ?3 AND channel = ?4 AND draft_message = ?5"
    " UNION ALL SELECT 1 FROM escalation_steps WHERE tenant = ?1 AND blocker_id = ?2"
    " AND words = ?6 LIMIT 1";

inline constexpr char kSelectSteps[] =
    "SELECT " CLEARWAY_STEP_COLUMNS
    " FROM escalation_steps WHERE tenant = ? AND blocker_id = ? AND opening = ? ORDER BY level";

inline constexpr char kSelectFeedback[] =
    "SELECT " CLEARWAY_FEEDBACK_COLUMNS
    " FROM feedback WHERE tenant = ? AND id < ? AND id > ? AND time_us >= ?"
    " ORDER BY id DESC LIMIT ?";

// Row values: both back ends read on in the index from there.
inline constexpr char kSelectTicketKeys[] =
    "SELECT tenant, source, ticket FROM tickets WHERE tenant = ?1"
    " AND (source, ticket) > (?2, ?3) ORDER BY source, ticket LIMIT ?4";

inline constexpr char kSelectTicketKeysWithEvents[] =
    "SELECT tenant, source, ticket FROM raw_events WHERE tenant = ?1"
    " AND (source, ticket) > (?2, ?3)"
    " GROUP BY tenant, source, ticket HAVING max(receive_time_us) >= ?5"
    " ORDER BY tenant, source, ticket LIMIT ?4";

inline constexpr char kSelectRawEvents[] =
    "SELECT " CLEARWAY_RAW_EVENT_COLUMNS
    " FROM raw_events WHERE tenant = ? AND source = ? AND ticket = ? ORDER BY receive_time_us, id";

inline constexpr char kSelectErasures[] =
    "SELECT " CLEARWAY_ERASURE_COLUMNS
    " FROM erasures WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?";

// Kind 3 is retention, which keeps nothing away.
inline constexpr char kSelectHasErasures[] =
    "SELECT 1 FROM erasures WHERE tenant = ? AND kind <> 3 LIMIT 1";

inline constexpr char kSelectErasuresOf[] =
    "SELECT " CLEARWAY_ERASURE_COLUMNS
    " FROM erasures WHERE tenant = ? AND subject = ? AND kind <> 3 ORDER BY id";

inline constexpr char kSelectUnfinishedErasures[] =
    "SELECT " CLEARWAY_ERASURE_COLUMNS
    " FROM erasures WHERE done = 0 AND kind <> 3 ORDER BY id LIMIT ?";

// What hangs on one ticket; see sql_erase.h. Behind the columns, where it stands.
inline constexpr char kSelectBlockersOfTicket[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE tenant = ? AND source = ? AND ticket = ? AND ticket <> '' ORDER BY id";

inline constexpr char kSelectChangesWithPlaces[] =
    "SELECT " CLEARWAY_CHANGE_COLUMNS
    ", position FROM blocker_changes WHERE tenant = ? AND blocker_id = ? ORDER BY position";

// Those that tell of others first, too.
inline constexpr char kSelectAllEscalationsOfBlocker[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ?1 AND id IN (SELECT id FROM escalations"
    " WHERE tenant = ?1 AND blocker_id = ?2 UNION SELECT escalation_id FROM escalation_steps"
    " WHERE tenant = ?1 AND blocker_id = ?2) ORDER BY id";

inline constexpr char kSelectFeedbackOfTicket[] =
    "SELECT " CLEARWAY_FEEDBACK_COLUMNS
    " FROM feedback WHERE tenant = ? AND source = ? AND ticket = ? ORDER BY id";

// Those whose time is over, the oldest first. A ticket's latest stays where a person ended it.
inline constexpr char kSelectOldBlockers[] =
    "SELECT id FROM blockers AS b WHERE tenant = ?1 AND resolve_time_us < ?2 AND"
    " (resolved_text IS NULL OR EXISTS (SELECT 1 FROM blockers AS n WHERE n.tenant = ?1 AND"
    " n.source = b.source AND n.ticket = b.ticket AND n.id > b.id))"
    " ORDER BY resolve_time_us LIMIT ?3";

// The writes. Their parameters are bound by sql_writes.h.

inline constexpr char kInsertEvent[] =
    "INSERT INTO events (tenant, source, event_id, ticket, event_time_us, sequence, "
    "receive_time_us) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

inline constexpr char kUpsertTicket[] =
    "INSERT INTO tickets (tenant, source, ticket, state, ended, project) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, source, ticket) DO UPDATE SET "
    "state = excluded.state, ended = excluded.ended, project = excluded.project";

// The id is last: a back end that gives it itself binds NULL there.
inline constexpr char kInsertBlocker[] =
    "INSERT INTO blockers (tenant, source, ticket, project, title, url, state, category, "
    "reason, secondary, waiting_on, confidence, priority, escalation_level, open_time_us, "
    "spell_time_us, past_spells, acknowledge_time_us, resolve_time_us, update_time_us, "
    "language, next_escalation_time_us, resolved_text, snoozes, id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

// The key stays out of SET, so that its indexes are left alone.
inline constexpr char kUpdateBlocker[] =
    "UPDATE blockers SET project = ?, title = ?, url = ?, state = ?, category = ?, reason = ?, "
    "secondary = ?, waiting_on = ?, confidence = ?, priority = ?, escalation_level = ?, "
    "open_time_us = ?, spell_time_us = ?, past_spells = ?, acknowledge_time_us = ?, "
    "resolve_time_us = ?, update_time_us = ?, language = ?, next_escalation_time_us = ?, "
    "resolved_text = ?, snoozes = ? WHERE id = ? AND tenant = ? AND source = ? AND ticket = ?";

inline constexpr char kInsertChange[] =
    "INSERT INTO blocker_changes (tenant, blocker_id, position, " CLEARWAY_CHANGE_COLUMNS
    ") VALUES (?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM blocker_changes "
    "WHERE tenant = ?1 AND blocker_id = ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

// The id is last, as with blockers.
inline constexpr char kInsertEscalation[] =
    "INSERT INTO escalations (tenant, blocker_id, source, ticket, level, target, channel, "
    "due_time_us, create_time_us, steps, draft_message, rationale, language, category, reason, "
    "policy, recipient, message_group, urgency, next_step, fallback, handle, draft_language, "
    "members, id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

inline constexpr char kInsertStep[] = "INSERT INTO escalation_steps (" CLEARWAY_STEP_COLUMNS
                                      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

inline constexpr char kUpdateStepOutcome[] =
    "UPDATE escalation_steps SET outcome = ?, outcome_time_us = ?"
    " WHERE tenant = ? AND blocker_id = ? AND opening = ? AND level = ?";

inline constexpr char kInsertFeedback[] =
    "INSERT INTO feedback (tenant, source, ticket, blocker_id, time_us, verdict_category, "
    "verdict_reason, actor, category, reason, secondary, waiting_on, note, language, snapshot) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

inline constexpr char kInsertRawEvent[] =
    "INSERT INTO raw_events (" CLEARWAY_RAW_EVENT_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?)";

inline constexpr char kInsertErasure[] =
    "INSERT INTO erasures (tenant, kind, subject, time_us, actor, reason, row_count, done, id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

inline constexpr char kUpdateErasure[] =
    "UPDATE erasures SET row_count = row_count + ?, done = ? WHERE tenant = ? AND id = ?";

// Texts alone; see sql_erase.h.
inline constexpr char kUpdateRawEvent[] =
    "UPDATE raw_events SET event = ? WHERE tenant = ? AND source = ? AND ticket = ? "
    "AND event_id = ?";

inline constexpr char kUpdateChangeTexts[] =
    "UPDATE blocker_changes SET actor = ?, note = ? "
    "WHERE tenant = ? AND blocker_id = ? AND position = ?";

inline constexpr char kUpdateEscalationTexts[] =
    "UPDATE escalations SET target = ?, steps = ?, draft_message = ?, rationale = ?, "
    "recipient = ?, message_group = ?, next_step = ?, fallback = ?, handle = ?, members = ? "
    "WHERE tenant = ? AND id = ?";

inline constexpr char kUpdateFeedbackTexts[] =
    "UPDATE feedback SET actor = ?, waiting_on = ?, note = ?, snapshot = ? "
    "WHERE tenant = ? AND id = ?";

// What is over; see sql_purge.h.
inline constexpr char kDeleteOldRawEvents[] =
    "DELETE FROM raw_events WHERE tenant = ?1 AND receive_time_us < ?2 AND id IN "
    "(SELECT id FROM raw_events WHERE tenant = ?1 AND receive_time_us < ?2 "
    "ORDER BY receive_time_us LIMIT ?3)";

inline constexpr char kDeleteOldFeedback[] =
    "DELETE FROM feedback WHERE tenant = ?1 AND id IN (SELECT id FROM feedback "
    "WHERE tenant = ?1 AND time_us < ?2 ORDER BY id LIMIT ?3)";

inline constexpr char kDeleteChanges[] =
    "DELETE FROM blocker_changes WHERE tenant = ? AND blocker_id = ?";
inline constexpr char kDeleteEscalations[] =
    "DELETE FROM escalations WHERE tenant = ? AND blocker_id = ?";
inline constexpr char kDeleteSteps[] =
    "DELETE FROM escalation_steps WHERE tenant = ? AND blocker_id = ?";
inline constexpr char kForgetBlockerInFeedback[] =
    "UPDATE feedback SET blocker_id = NULL WHERE tenant = ? AND blocker_id = ?";
inline constexpr char kDeleteBlocker[] = "DELETE FROM blockers WHERE tenant = ? AND id = ?";

inline constexpr char kDeleteRawEventsOfTicket[] =
    "DELETE FROM raw_events WHERE tenant = ? AND source = ? AND ticket = ?";
inline constexpr char kDeleteFeedbackOfTicket[] =
    "DELETE FROM feedback WHERE tenant = ? AND source = ? AND ticket = ?";
inline constexpr char kDeleteTicket[] =
    "DELETE FROM tickets WHERE tenant = ? AND source = ? AND ticket = ?";

}  // namespace clearway
