#pragma once

#include "service/store/rows.h"

namespace clearway {

// The statements that all back ends speaking SQL share, in one place so that tests can ask a back
// end how it would run them. Parameters are `?`, taken in order, or `?N`.

inline constexpr char kSelectTicket[] =
    "SELECT state FROM tickets WHERE tenant = ? AND source = ? AND ticket = ?";

inline constexpr char kSelectBlocker[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS " FROM blockers WHERE id = ? AND tenant = ?";

inline constexpr char kSelectLatestBlocker[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE tenant = ? AND source = ? AND ticket = ? ORDER BY id DESC LIMIT 1";

inline constexpr char kSelectChanges[] =
    "SELECT " CLEARWAY_CHANGE_COLUMNS
    " FROM blocker_changes WHERE tenant = ? AND blocker_id = ? ORDER BY position";

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
    " FROM feedback WHERE tenant = ? AND id < ? AND time_us >= ? ORDER BY id DESC LIMIT ?";

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

}  // namespace clearway
