#pragma once

#include "service/store/sqlite/rows.h"

namespace clearway {

// The fixed queries of the store, in one place so that a test can ask SQLite how it would run them.

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

// Two ranges of two indexes, in one statement and so in one snapshot. A first cut by first and last
// instant (?2, ?3): the spells between are in the rows. INDEXED BY: left to itself SQLite would
// read all of the tenant's.
inline constexpr char kSelectLasting[] =
    "SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers INDEXED BY blockers_unresolved"
    " WHERE tenant = ?1 AND resolve_time_us IS NULL AND open_time_us <= ?3"
    " AND (?4 = '' OR project = ?4)"
    " UNION ALL SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE tenant = ?1 AND resolve_time_us >= ?2 AND open_time_us <= ?3"
    " AND (?4 = '' OR project = ?4)";

inline constexpr char kSelectEscalations[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?";

inline constexpr char kSelectEscalationsOfBlocker[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ? AND blocker_id = ? AND id < ? ORDER BY id DESC LIMIT ?";

inline constexpr char kSelectEscalationsAfter[] =
    "SELECT " CLEARWAY_ESCALATION_COLUMNS
    " FROM escalations WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?";

// What is told in one message counts once.
inline constexpr char kSelectRecentMessages[] =
    "SELECT max(create_time_us), message_group FROM escalations"
    " WHERE tenant = ?1 AND recipient = ?2 AND recipient <> '' AND create_time_us >= ?3"
    " GROUP BY CASE message_group WHEN '' THEN id ELSE message_group END"
    " ORDER BY max(create_time_us) DESC LIMIT ?4";

inline constexpr char kSelectSaid[] =
    "SELECT 1 FROM escalations WHERE tenant = ? AND blocker_id = ?"
    " AND recipient = ? AND channel = ? AND draft_message = ? LIMIT 1";

inline constexpr char kSelectLastEscalationId[] =
    "SELECT seq FROM sqlite_sequence WHERE name = 'escalations'";

inline constexpr char kSelectFeedback[] =
    "SELECT " CLEARWAY_FEEDBACK_COLUMNS
    " FROM feedback WHERE tenant = ? AND id < ? AND time_us >= ? ORDER BY id DESC LIMIT ?";

}  // namespace clearway
