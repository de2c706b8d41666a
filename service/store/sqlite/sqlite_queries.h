#pragma once

#include "service/store/queries.h"

namespace clearway {

// The queries that only SQLite takes in this form.

// Two ranges of two indexes, in one statement and so in one snapshot; no rows. A first cut by first
// and last instant (?2, ?3): the spells between are looked at one by one. INDEXED BY: left to
// itself SQLite would read all of the tenant's. A text for one project (?4), so that the other
// does not compare a million of them with nothing.
#define CLEARWAY_LASTING(of_project)                                                 \
  "SELECT " CLEARWAY_REPORTED_COLUMNS                                                \
  " FROM blockers INDEXED BY blockers_unresolved"                                    \
  " WHERE tenant = ?1 AND resolve_time_us IS NULL AND open_time_us <= ?3" of_project \
  " UNION ALL SELECT " CLEARWAY_REPORTED_COLUMNS                                     \
  " FROM blockers INDEXED BY blockers_resolved"                                      \
  " WHERE tenant = ?1 AND resolve_time_us >= ?2 AND open_time_us <= ?3" of_project
inline constexpr char kSelectLasting[] = CLEARWAY_LASTING("");
inline constexpr char kSelectLastingOfProject[] = CLEARWAY_LASTING(" AND project = ?4");

inline constexpr char kSelectStepsTold[] =
    "SELECT " CLEARWAY_STEP_COLUMNS
    " FROM escalation_steps WHERE tenant = ?1 AND take_time_us >= ?2 AND take_time_us < ?3"
    " AND (?4 = '' OR project = ?4)";

inline constexpr char kSelectLastEscalationId[] =
    "SELECT seq FROM sqlite_sequence WHERE name = 'escalations'";

// kUpdateBlocker where nothing changes that an index holds, as with most updates. SQLite writes
// anew every index that has a column of SET, whether its value changes or not.
inline constexpr char kUpdateBlockerBesideIndexes[] =
    "UPDATE blockers SET title = ?, url = ?, state = ?, secondary = ?, waiting_on = ?, "
    "confidence = ?, priority = ?, escalation_level = ?, acknowledge_time_us = ?, "
    "update_time_us = ?, language = ?, resolved_text = ?, snoozes = ? "
    "WHERE id = ? AND tenant = ? AND source = ? AND ticket = ? AND project = ? AND category = ? "
    "AND reason = ? AND open_time_us = ? AND spell_time_us = ? AND past_spells = ? "
    "AND resolve_time_us IS ? AND next_escalation_time_us IS ?";

}  // namespace clearway
