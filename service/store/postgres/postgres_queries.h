#pragma once

#include "service/store/queries.h"

namespace clearway {

// The statements that only PostgreSQL takes in this form.

// Two ranges of two indexes, in one statement and so in one snapshot. A first cut by first and last
// instant (?2, ?3): the spells between are in the rows. Read through a cursor, so that a report does
// not hold them all.
inline constexpr char kDeclareLasting[] =
    "DECLARE lasting NO SCROLL CURSOR FOR SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE tenant = ?1 AND resolve_time_us IS NULL AND open_time_us <= ?3"
    " AND (?4::bytea = ''::bytea OR project = ?4::bytea)"
    " UNION ALL SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers WHERE tenant = ?1 AND resolve_time_us >= ?2 AND open_time_us <= ?3"
    " AND (?4::bytea = ''::bytea OR project = ?4::bytea)";
inline constexpr char kFetchLasting[] = "FETCH 500 FROM lasting";

inline constexpr char kSelectEvent[] =
    "SELECT 1 FROM events WHERE tenant = ? AND source = ? AND event_id = ?";
// For an id that was looked for in vain: should somebody else have inserted it since, this fails.
inline constexpr char kInsertNewEvent[] =
    "INSERT INTO events (tenant, source, event_id, ticket, event_time_us, sequence, "
    "receive_time_us) VALUES (?, ?, ?, ?, ?, ?, ?)";

inline constexpr char kNextBlockerIds[] =
    "SELECT nextval('blocker_ids') FROM generate_series(1, ?)";
inline constexpr char kNextEscalationIds[] =
    "SELECT nextval('escalation_ids') FROM generate_series(1, ?)";

inline constexpr char kBegin[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
inline constexpr char kCommit[] = "COMMIT";
// The transaction's id, and the history of the server that it belongs to.
inline constexpr char kSelectTransactionId[] =
    "SELECT pg_current_xact_id()::text, left(pg_walfile_name(pg_current_wal_lsn()), 8)";
// What became of a transaction; NULL where the server cannot know.
inline constexpr char kSelectTransactionStatus[] =
    "SELECT CASE WHEN left(pg_walfile_name(pg_current_wal_lsn()), 8) = ?2 "
    "THEN pg_xact_status(?1::text::xid8) END";

// In the order of the list.
inline constexpr char kLockTickets[] =
    "SELECT pg_advisory_xact_lock(?::int4, k) FROM unnest(string_to_array(?, ',')::int4[]) AS k";
inline constexpr char kTryLockTicket[] = "SELECT pg_try_advisory_xact_lock(?::int4, ?::int4)::int4";

// See locks.h: ?1 is the tag, ?2 the bits of an id.
inline constexpr char kLockEscalations[] =
    "SELECT pg_advisory_xact_lock_shared((?1 << ?2::int4) + "
    "CASE WHEN is_called THEN last_value ELSE 0 END) FROM escalation_ids";
inline constexpr char kSelectGivenEscalationId[] =
    "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM escalation_ids";
inline constexpr char kSelectLockedEscalationId[] =
    "SELECT min((classid::bigint & 65535) << 32 | objid::bigint) FROM pg_locks "
    "WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = ? AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())";
inline constexpr char kSelectLastEscalationUpTo[] =
    "SELECT id FROM escalations WHERE id <= ? ORDER BY id DESC LIMIT 1";

}  // namespace clearway
