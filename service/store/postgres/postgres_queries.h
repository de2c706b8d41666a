#pragma once

#include "service/store/queries.h"

namespace clearway {

// The statements that only PostgreSQL takes in this form.

// Read through a cursor, so that a report does not hold them all.
inline constexpr char kDeclareSteps[] =
    "DECLARE steps NO SCROLL CURSOR FOR SELECT " CLEARWAY_STEP_COLUMNS
    " FROM escalation_steps WHERE tenant = ?1 AND take_time_us >= ?2 AND take_time_us < ?3"
    " AND (?4::bytea = ''::bytea OR project = ?4::bytea)";
inline constexpr char kFetchSteps[] = "FETCH 500 FROM steps";

// The questions and writes of a whole batch, over arrays of keys: tenants, sources, then tickets or
// event ids. LATERAL with LIMIT: one look into the index for each, whatever the planner thinks of
// sizes.
#define CLEARWAY_KEYS(third)                                                         \
  "(SELECT convert_from(tenant, 'UTF8') COLLATE \"C\" AS tenant, source, " third     \
  ", n FROM unnest(?1::bytea[], ?2::bytea[], ?3::bytea[]) WITH ORDINALITY AS keys (" \
  "tenant, source, " third ", n)) AS k"
#define CLEARWAY_EVENT_KEYS CLEARWAY_KEYS("event_id")
#define CLEARWAY_TICKET_KEYS CLEARWAY_KEYS("ticket")

// All give the places of the keys found first, from 1.
inline constexpr char kSelectEvents[] =
    "SELECT k.n FROM " CLEARWAY_EVENT_KEYS
    " CROSS JOIN LATERAL (SELECT 1 FROM events AS e WHERE e.tenant = k.tenant"
    " AND e.source = k.source AND e.event_id = k.event_id LIMIT 1) AS found";
inline constexpr char kSelectTickets[] =
    "SELECT k.n, found.state FROM " CLEARWAY_TICKET_KEYS
    " CROSS JOIN LATERAL (SELECT t.state FROM tickets AS t WHERE t.tenant = k.tenant"
    " AND t.source = k.source AND t.ticket = k.ticket LIMIT 1) AS found";
inline constexpr char kSelectLatestBlockers[] =
    "SELECT k.n, found.* FROM " CLEARWAY_TICKET_KEYS
    " CROSS JOIN LATERAL (SELECT " CLEARWAY_BLOCKER_COLUMNS
    " FROM blockers AS b WHERE b.tenant = k.tenant AND b.source = k.source"
    " AND b.ticket = k.ticket AND b.ticket <> '' ORDER BY b.id DESC LIMIT 1) AS found";
inline constexpr char kSelectLinked[] =
    "SELECT k.n FROM " CLEARWAY_TICKET_KEYS
    " WHERE EXISTS (SELECT 1 FROM dependencies AS d WHERE d.tenant = k.tenant"
    " AND d.source = k.source AND d.ticket = k.ticket)"
    " OR EXISTS (SELECT 1 FROM dependencies AS d WHERE d.tenant = k.tenant"
    " AND d.source = k.source AND d.blocker = k.ticket)";
// Behind the keys: tickets, event times, sequences, receive times. For ids that were looked for in
// vain: should somebody else have inserted one since, this fails.
inline constexpr char kInsertNewEvents[] =
    "INSERT INTO events (tenant, source, event_id, ticket, event_time_us, sequence,"
    " receive_time_us) SELECT convert_from(tenant, 'UTF8'), source, event_id, ticket,"
    " event_time_us, sequence, receive_time_us FROM unnest(?::bytea[], ?::bytea[], ?::bytea[],"
    " ?::bytea[], ?::bigint[], ?::bigint[], ?::bigint[]) AS new (tenant, source, event_id,"
    " ticket, event_time_us, sequence, receive_time_us)";
inline constexpr char kInsertRawEvents[] =
    "INSERT INTO raw_events (tenant, source, ticket, event_id, receive_time_us, event)"
    " SELECT convert_from(tenant, 'UTF8'), source, ticket, event_id, receive_time_us, event"
    " FROM unnest(?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[], ?::bigint[], ?::bytea[])"
    " AS new (tenant, source, ticket, event_id, receive_time_us, event)";
// Behind the keys: states, whether they ended, projects. No ticket twice.
inline constexpr char kUpsertTickets[] =
    "INSERT INTO tickets (tenant, source, ticket, state, ended, project) SELECT "
    "convert_from(tenant, 'UTF8'), source, ticket, state, ended, project FROM unnest(?::bytea[], "
    "?::bytea[], ?::bytea[], ?::bytea[], ?::bigint[], ?::bytea[]) AS new "
    "(tenant, source, ticket, state, ended, project) "
    "ON CONFLICT (tenant, source, ticket) DO UPDATE SET "
    "state = excluded.state, ended = excluded.ended, project = excluded.project";

// kSelectOldBlockers from the two indexes of what ended, of which each has a part.
#define CLEARWAY_OLD_BLOCKERS(of_index)                                                       \
  "(SELECT id, resolve_time_us FROM blockers AS b WHERE tenant = ?1 AND resolve_time_us < ?2" \
  " AND " of_index                                                                            \
  " AND (resolved_text IS NULL OR EXISTS (SELECT 1 FROM blockers AS n WHERE"                  \
  " n.tenant = ?1 AND n.source = b.source AND n.ticket = b.ticket AND n.ticket <> ''"         \
  " AND n.id > b.id)) ORDER BY resolve_time_us LIMIT ?3)"
inline constexpr char kSelectOldBlockersOfBothIndexes[] =
    "SELECT id FROM (" CLEARWAY_OLD_BLOCKERS("octet_length(past_spells) <= 1000") " UNION ALL "
    CLEARWAY_OLD_BLOCKERS("octet_length(past_spells) > 1000")
    ") AS old ORDER BY resolve_time_us LIMIT ?3";

inline constexpr char kSelectMessagesOfTenant[] =
    "SELECT create_time_us, ''::bytea FROM escalations WHERE tenant = ?"
    " AND create_time_us >= ? ORDER BY create_time_us DESC LIMIT ?";

inline constexpr char kNextBlockerIds[] =
    "SELECT nextval('blocker_ids') FROM generate_series(1, ?)";
inline constexpr char kNextEscalationIds[] =
    "SELECT nextval('escalation_ids') FROM generate_series(1, ?)";

inline constexpr char kNextErasureIds[] =
    "SELECT nextval('erasure_ids') FROM generate_series(1, ?)";

// See Transaction::HasErasures: this reads the table in every transaction, which holds
// kLockErasures back until the transaction has ended. It is over tenants, of which there are few.
inline constexpr char kSelectTenantsWithErasures[] =
    "SELECT DISTINCT tenant FROM erasures WHERE kind <> 3";
inline constexpr char kLockErasures[] = "LOCK TABLE erasures IN ACCESS EXCLUSIVE MODE";
// Commits a record to the server's log that changes nothing.
inline constexpr char kTouch[] = "SELECT 1 FROM pg_logical_emit_message(true, 'clearway', '')";

inline constexpr char kBegin[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
inline constexpr char kBeginSnapshot[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
inline constexpr char kCommit[] = "COMMIT";
// The transaction's id, and the history of the server that it belongs to.
inline constexpr char kSelectTransactionId[] =
    "SELECT pg_current_xact_id()::text, left(pg_walfile_name(pg_current_wal_lsn()), 8)";
// What became of a transaction; NULL where the server cannot know.
inline constexpr char kSelectTransactionStatus[] =
    "SELECT CASE WHEN left(pg_walfile_name(pg_current_wal_lsn()), 8) = ?2 "
    "THEN pg_xact_status(?1::text::xid8) END";

// In the order of the list.
inline constexpr char kLockInOrder[] =
    "SELECT pg_advisory_xact_lock(?::int4, k) FROM unnest(string_to_array(?, ',')::int4[]) AS k";
inline constexpr char kTryLock[] = "SELECT pg_try_advisory_xact_lock(?::int4, ?::int4)::int4";

// See locks.h: the class, and a scope's number.
inline constexpr char kTryLockLinks[] = "SELECT pg_try_advisory_xact_lock(?::int4, ?::int4)::int4";

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
