#pragma once

namespace clearway {

// The statements about links, for all back ends speaking SQL; see queries.h.

inline constexpr char kSelectHangsOn[] =
    "SELECT ticket, blocker, min(told_by_blocker) FROM dependencies WHERE tenant = ? AND "
    "source = ? AND ticket = ? GROUP BY ticket, blocker";
inline constexpr char kSelectHolds[] =
    "SELECT ticket, blocker, min(told_by_blocker) FROM dependencies WHERE tenant = ? AND "
    "source = ? AND blocker = ? GROUP BY ticket, blocker";
inline constexpr char kSelectIsLinked[] =
    "SELECT 1 FROM dependencies WHERE tenant = ?1 AND source = ?2 AND ticket = ?3 UNION ALL "
    "SELECT 1 FROM dependencies WHERE tenant = ?1 AND source = ?2 AND blocker = ?3 LIMIT 1";
// Rows where somebody says of ticket `key`, which is not known, that it had ended when it was
// deleted.
#define CLEARWAY_ENDED_BEFORE(key)                                                  \
  "SELECT 1 FROM dependencies WHERE tenant = ?1 AND source = ?2 AND blocker = " key \
  " AND told_by_blocker = 0 AND other_ended = 1 UNION ALL "                         \
  "SELECT 1 FROM dependencies WHERE tenant = ?1 AND source = ?2 AND ticket = " key  \
  " AND told_by_blocker = 1 AND other_ended = 1 LIMIT 1"
inline constexpr char kSelectEndedBefore[] = CLEARWAY_ENDED_BEFORE("?3");
// ?6: the one of the two that does not say so. What was kept of its end is kept by the new row too.
inline constexpr char kInsertDependency[] =
    "INSERT INTO dependencies (tenant, source, ticket, blocker, told_by_blocker, other_ended) "
    "VALUES (?1, ?2, ?3, ?4, ?5, (SELECT count(*) FROM (" CLEARWAY_ENDED_BEFORE(
        "?6") ") AS ended)) ON CONFLICT DO NOTHING";
inline constexpr char kDeleteDependency[] =
    "DELETE FROM dependencies WHERE tenant = ? AND source = ? AND ticket = ? AND blocker = ? "
    "AND told_by_blocker = ?";

// The state only where the rest was not written yet.
inline constexpr char kSelectEnded[] =
    "SELECT ended, project, CASE WHEN ended IS NULL THEN state END FROM tickets "
    "WHERE tenant = ? AND source = ? AND ticket = ?";

// A ticket is deleted: what it says itself goes, what others say of it stays, with whether it had
// ended.
inline constexpr char kDeleteOwnDependencies[] =
    "DELETE FROM dependencies WHERE tenant = ? AND source = ? AND ticket = ? "
    "AND told_by_blocker = 0";
inline constexpr char kDeleteOwnHolds[] =
    "DELETE FROM dependencies WHERE tenant = ? AND source = ? AND blocker = ? "
    "AND told_by_blocker = 1";
// IN: told the blocker alone, SQLite would read all of the source's.
inline constexpr char kLeaveHolds[] =
    "UPDATE dependencies SET other_ended = ?4 WHERE tenant = ?1 AND source = ?2 AND blocker = ?3 "
    "AND told_by_blocker = 0 AND other_ended <> ?4 AND ticket IN (SELECT d.ticket FROM "
    "dependencies AS d WHERE d.tenant = ?1 AND d.source = ?2 AND d.blocker = ?3)";
inline constexpr char kLeaveDependencies[] =
    "UPDATE dependencies SET other_ended = ?4 WHERE tenant = ?1 AND source = ?2 AND ticket = ?3 "
    "AND told_by_blocker = 1 AND other_ended <> ?4";

#define CLEARWAY_HANGING_COLUMNS "root, ticket, project, in_circle, stuck, offset_ms"
inline constexpr char kSelectRootsOf[] =
    "SELECT " CLEARWAY_HANGING_COLUMNS
    " FROM hanging WHERE tenant = ? AND source = ? AND ticket = ?";
inline constexpr char kSelectHangingOn[] =
    "SELECT " CLEARWAY_HANGING_COLUMNS
    " FROM hanging WHERE tenant = ? AND source = ? AND root = ?"
    " ORDER BY in_circle DESC, stuck DESC, offset_ms DESC, ticket LIMIT ?";
inline constexpr char kUpsertHanging[] =
    "INSERT INTO hanging (tenant, source, " CLEARWAY_HANGING_COLUMNS
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, source, root, ticket) DO UPDATE SET "
    "project = excluded.project, in_circle = excluded.in_circle, stuck = excluded.stuck, "
    "offset_ms = excluded.offset_ms";
inline constexpr char kDeleteHanging[] =
    "DELETE FROM hanging WHERE tenant = ? AND source = ? AND root = ? AND ticket = ?";

#define CLEARWAY_ROOT_COLUMNS "source, ticket, tickets, circle, stuck, offset_ms"
inline constexpr char kSelectRoot[] =
    "SELECT " CLEARWAY_ROOT_COLUMNS " FROM roots WHERE tenant = ? AND source = ? AND ticket = ?";
// ?2 is the moment, ?3 to ?6 the last one seen, its numbers negated so that all of it rises.
#define CLEARWAY_ROOT_ORDER "-(stuck * ?2 + offset_ms), -tickets, source, ticket"
inline constexpr char kSelectHeaviestRoots[] =
    "SELECT " CLEARWAY_ROOT_COLUMNS " FROM roots WHERE tenant = ?1 AND (" CLEARWAY_ROOT_ORDER
    ") > (?3, ?4, ?5, ?6) ORDER BY " CLEARWAY_ROOT_ORDER " LIMIT ?7";
inline constexpr char kSelectHeaviestRootsOfProject[] =
    "SELECT " CLEARWAY_ROOT_COLUMNS " FROM roots AS r WHERE tenant = ?1 AND (" CLEARWAY_ROOT_ORDER
    ") > (?3, ?4, ?5, ?6) AND EXISTS (SELECT 1 FROM hanging AS h WHERE h.tenant = ?1"
    " AND h.project = ?8 AND h.source = r.source AND h.root = r.ticket)"
    " ORDER BY " CLEARWAY_ROOT_ORDER " LIMIT ?7";
inline constexpr char kAddToRoot[] =
    "INSERT INTO roots (tenant, " CLEARWAY_ROOT_COLUMNS
    ") VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, source, ticket) DO UPDATE SET "
    "tickets = roots.tickets + excluded.tickets, circle = excluded.circle, "
    "stuck = roots.stuck + excluded.stuck, offset_ms = roots.offset_ms + excluded.offset_ms";
inline constexpr char kDeleteEmptyRoot[] =
    "DELETE FROM roots WHERE tenant = ? AND source = ? AND ticket = ? AND tickets <= 0";

inline constexpr char kInsertLinkChange[] =
    "INSERT INTO link_changes (tenant, source, ticket, change, put_off) VALUES (?, ?, ?, ?, 0)";
inline constexpr char kSelectChangedScope[] =
    "SELECT tenant, source FROM link_changes WHERE put_off <= ? ORDER BY id LIMIT 1";
inline constexpr char kSelectLinkChanges[] =
    "SELECT id, ticket, change FROM link_changes WHERE tenant = ? AND source = ? AND "
    "put_off <= ? ORDER BY id LIMIT ?";
inline constexpr char kDeleteLinkChange[] =
    "DELETE FROM link_changes WHERE tenant = ? AND source = ? AND id = ?";
inline constexpr char kPutOffLinkChange[] =
    "UPDATE link_changes SET put_off = 1 WHERE tenant = ? AND source = ? AND id = ?";
inline constexpr char kCountLinkChanges[] =
    "SELECT count(*) FROM (SELECT 1 FROM link_changes WHERE tenant = ? LIMIT ?) AS pending";

// At most one row.
inline constexpr char kSelectLinkBackfill[] = "SELECT tenant, source, ticket FROM link_backfill";
inline constexpr char kMoveLinkBackfill[] =
    "UPDATE link_backfill SET tenant = ?, source = ?, ticket = ?";
inline constexpr char kEndLinkBackfill[] = "DELETE FROM link_backfill";
inline constexpr char kSelectTicketsBehind[] =
    "SELECT tenant, source, ticket, state FROM tickets WHERE (tenant, source, ticket) > (?, ?, ?)"
    " ORDER BY tenant, source, ticket LIMIT ?";

}  // namespace clearway
