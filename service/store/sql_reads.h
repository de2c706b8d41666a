#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "service/base/status_macros.h"
#include "service/store/filter_sql.h"
#include "service/store/queries.h"
#include "service/store/rows.h"
#include "service/store/store.h"

namespace clearway {

// The reads of a store over one of its connections, for every back end that speaks SQL. A
// `Connection` gives statements by Cached(sql) and, for texts made at run time, Prepare(sql); a
// statement takes values by Bind(…) and is a cursor over its rows (see ReadAll).

inline int64_t BeforeId(const Page& page) {
  return page.before_id.value_or(std::numeric_limits<int64_t>::max());
}

// Runs a statement of which one row is wanted; nullopt where there is none.
template <typename T, typename Statement>
absl::StatusOr<std::optional<T>> ReadOne(Statement& statement,
                                         absl::StatusOr<T> (*read)(const SqlColumns&)) {
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<T>();
  ASSIGN_OR_RETURN(T row, read(statement));
  return std::optional<T>(std::move(row));
}

template <typename Connection>
absl::StatusOr<std::optional<StoredTicket>> SelectTicket(Connection& connection,
                                                         const TicketKey& key) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectTicket));
  select.Bind(key.tenant, key.source, key.key);
  return ReadOne(select, ReadTicket);
}

template <typename Connection>
absl::StatusOr<std::optional<Blocker>> SelectLatestBlocker(Connection& connection,
                                                           const TicketKey& key) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectLatestBlocker));
  select.Bind(key.tenant, key.source, key.key);
  return ReadOne(select, ReadBlocker);
}

inline absl::Status NoBlocker(const std::string& tenant, int64_t id) {
  return absl::NotFoundError(absl::StrCat("no blocker ", id, " in tenant ", tenant));
}

// NOT_FOUND when the tenant has no such blocker.
template <typename Connection>
absl::StatusOr<Blocker> SelectBlocker(Connection& connection, const std::string& tenant,
                                      int64_t id) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectBlocker));
  select.Bind(id, tenant);
  ASSIGN_OR_RETURN(std::optional<Blocker> blocker, ReadOne(select, ReadBlocker));
  if (!blocker.has_value()) return NoBlocker(tenant, id);
  return *std::move(blocker);
}

template <typename Connection>
absl::StatusOr<std::vector<BlockerChange>> SelectChanges(Connection& connection,
                                                         const std::string& tenant,
                                                         int64_t blocker_id) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectChanges));
  select.Bind(tenant, blocker_id);
  return ReadAll(select, ReadChange);
}

// By how much the first stretch that a page looks at is longer than the page, and each further one
// than the one before: many are full soon, and to find out where a stretch ends costs a step for
// each of its rows.
inline constexpr int kStretchGrowth = 4;

// Reads a page in stretches of the index that it is read from, so that it looks at no more than
// `page.most_examined` rows. `id_behind(before, count)` is the first id behind the `count` rows
// below `before`, nullopt where there are no more; `read(before, after, limit)` finds the page's
// rows between two ids.
template <typename Row, typename IdBehind, typename Read>
absl::StatusOr<Part<Row>> ReadInStretches(const Page& page, IdBehind id_behind, Read read) {
  Part<Row> part;
  part.next_before_id = BeforeId(page);
  int left = page.most_examined;
  for (int64_t length = page.size; left > 0;) {
    length *= kStretchGrowth;
    const int stretch = static_cast<int>(std::min<int64_t>(left, length));
    left -= stretch;
    const int64_t before = *part.next_before_id;
    ASSIGN_OR_RETURN(const std::optional<int64_t> behind, id_behind(before, stretch));
    ASSIGN_OR_RETURN(std::vector<Row> found, read(before, behind.value_or(0),
                                                  page.size - static_cast<int>(part.rows.size())));
    std::move(found.begin(), found.end(), std::back_inserter(part.rows));
    if (part.rows.size() == static_cast<size_t>(page.size)) {
      part.next_before_id = part.rows.back().id;
      break;
    }
    part.next_before_id.reset();
    if (!behind.has_value()) break;
    part.next_before_id = *behind + 1;
  }
  return part;
}

template <typename Connection>
absl::StatusOr<Part<Blocker>> SelectBlockers(Connection& connection, const SqlDialect& dialect,
                                             const std::string& tenant, const Filter& filter,
                                             const Page& page) {
  const BlockerQuery query = SelectBlockersWhere(filter, dialect);
  const auto id_behind = [&](int64_t before, int count) -> absl::StatusOr<std::optional<int64_t>> {
    if (query.id_behind == nullptr) return std::optional<int64_t>();
    ASSIGN_OR_RETURN(auto select, connection.Cached(query.id_behind));
    select.Bind(tenant, before, count);
    if (query.project.has_value()) select.Bind(*query.project);
    return ReadOne(select, ReadCount);
  };
  const auto read = [&](int64_t before, int64_t after,
                        int limit) -> absl::StatusOr<std::vector<Blocker>> {
    ASSIGN_OR_RETURN(auto select, connection.Prepare(query.sql));
    select.Bind(tenant, before, after);
    for (const auto& parameter : query.parameters) {
      std::visit([&](const auto& value) { select.Bind(value); }, parameter);
    }
    select.Bind(limit);
    return ReadAll(select, ReadBlocker);
  };
  return ReadInStretches<Blocker>(page, id_behind, read);
}

// `blocker_id` 0: of all blockers.
template <typename Connection>
absl::StatusOr<std::vector<Escalation>> SelectEscalations(Connection& connection,
                                                          const std::string& tenant,
                                                          int64_t blocker_id, const Page& page) {
  if (blocker_id == 0) {
    ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectEscalations));
    select.Bind(tenant, BeforeId(page), page.size);
    return ReadAll(select, ReadEscalation);
  }
  std::vector<Escalation> found;
  {
    ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectEscalationsOfBlocker));
    select.Bind(tenant, blocker_id, BeforeId(page), page.size);
    ASSIGN_OR_RETURN(found, ReadAll(select, ReadEscalation));
  }
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectEscalationsThatAddBlocker));
  select.Bind(tenant, blocker_id, BeforeId(page), page.size);
  ASSIGN_OR_RETURN(std::vector<Escalation> more, ReadAll(select, ReadEscalation));
  if (more.empty()) return found;
  std::move(more.begin(), more.end(), std::back_inserter(found));
  std::sort(found.begin(), found.end(),
            [](const Escalation& a, const Escalation& b) { return a.id > b.id; });
  found.resize(std::min(found.size(), static_cast<size_t>(page.size)));
  return found;
}

// See Transaction::HasSaid.
template <typename Connection>
absl::StatusOr<bool> SelectSaid(Connection& connection, const Escalation& e) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectSaid));
  select.Bind(e.ticket.tenant, e.blocker_id, e.recipient, e.channel, e.draft_message,
              static_cast<int64_t>(WordsFingerprint(e.recipient, e.channel, e.draft_message)));
  return select.Step();
}

template <typename Connection>
absl::StatusOr<std::vector<RecentMessage>> SelectRecentMessages(Connection& connection,
                                                                const std::string& tenant,
                                                                const std::string& recipient,
                                                                absl::Time since, absl::Time until,
                                                                int limit) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectRecentMessages));
  select.Bind(tenant, recipient, since, until, limit);
  return ReadAll(select, ReadRecentMessage);
}

template <typename Connection>
absl::StatusOr<int64_t> SelectMessageCount(Connection& connection, const std::string& tenant,
                                           absl::Time since, absl::Time until) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kCountMessages));
  select.Bind(tenant, since, until);
  ASSIGN_OR_RETURN(const std::optional<int64_t> count, ReadOne(select, ReadCount));
  return count.value_or(0);
}

template <typename Connection>
absl::StatusOr<std::vector<TakenStep>> SelectSteps(Connection& connection,
                                                   const std::string& tenant, int64_t blocker_id,
                                                   int opening) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectSteps));
  select.Bind(tenant, blocker_id, opening);
  return ReadAll(select, ReadStep);
}

// Hands the rows of a cursor over steps to `visit`; returns how many there were.
template <typename Cursor>
absl::StatusOr<int> VisitStepRows(Cursor& cursor, absl::FunctionRef<void(const TakenStep&)> visit) {
  for (int rows = 0;; ++rows) {
    ASSIGN_OR_RETURN(const bool more, cursor.Step());
    if (!more) return rows;
    ASSIGN_OR_RETURN(const TakenStep step, ReadStep(cursor));
    visit(step);
  }
}

template <typename Connection>
absl::StatusOr<std::vector<Blocker>> SelectDueBlockers(Connection& connection, absl::Time now,
                                                       int limit) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectDueBlockers));
  select.Bind(now, limit);
  return ReadAll(select, ReadBlocker);
}

template <typename Connection>
absl::StatusOr<std::vector<OpenBlockerCount>> SelectOpenCounts(Connection& connection) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kCountOpenBlockers));
  return ReadAll(select, ReadOpenCount);
}

template <typename Connection>
absl::StatusOr<Part<Feedback>> SelectFeedback(Connection& connection, const std::string& tenant,
                                              absl::Time since, const Page& page) {
  const auto id_behind = [&](int64_t before, int count) -> absl::StatusOr<std::optional<int64_t>> {
    ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectFeedbackIdBehind));
    select.Bind(tenant, before, count);
    return ReadOne(select, ReadCount);
  };
  const auto read = [&](int64_t before, int64_t after,
                        int limit) -> absl::StatusOr<std::vector<Feedback>> {
    ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectFeedback));
    select.Bind(tenant, before, after, since, limit);
    return ReadAll(select, ReadFeedback);
  };
  return ReadInStretches<Feedback>(page, id_behind, read);
}

// Behind `after` in the order of keys; see Store::ListTickets.
template <typename Connection, typename... More>
absl::StatusOr<std::vector<TicketKey>> SelectTicketKeys(Connection& connection, const char* sql,
                                                        const std::string& tenant,
                                                        const std::optional<TicketKey>& after,
                                                        int limit, const More&... more) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(sql));
  // No source and no key is empty.
  const TicketKey start = after.value_or(TicketKey());
  select.Bind(tenant, start.source, start.key, limit, more...);
  return ReadAll(select, ReadTicketKey);
}

template <typename Connection>
absl::StatusOr<std::vector<RawEvent>> SelectRawEvents(Connection& connection,
                                                      const TicketKey& key) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectRawEvents));
  select.Bind(key.tenant, key.source, key.key);
  return ReadAll(select, ReadRawEvent);
}

// In a transaction that sees one moment.
template <typename Connection>
absl::StatusOr<std::optional<TicketFile>> SelectTicketFile(Connection& connection,
                                                           const TicketKey& key) {
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, SelectTicket(connection, key));
  if (!ticket.has_value()) return std::optional<TicketFile>();
  TicketFile file;
  file.ticket = *std::move(ticket);
  ASSIGN_OR_RETURN(file.blocker, SelectLatestBlocker(connection, key));
  ASSIGN_OR_RETURN(file.events, SelectRawEvents(connection, key));
  return std::optional<TicketFile>(std::move(file));
}

template <typename Connection>
absl::StatusOr<std::vector<Erasure>> SelectErasures(Connection& connection,
                                                    const std::string& tenant, const Page& page) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectErasures));
  select.Bind(tenant, BeforeId(page), page.size);
  return ReadAll(select, ReadErasure);
}

template <typename Connection>
absl::StatusOr<std::vector<Erasure>> SelectErasuresOf(Connection& connection,
                                                      const std::string& tenant,
                                                      const std::vector<std::string>& subjects) {
  std::vector<Erasure> found;
  for (const std::string& subject : subjects) {
    ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectErasuresOf));
    select.Bind(tenant, subject);
    ASSIGN_OR_RETURN(const std::vector<Erasure> some, ReadAll(select, ReadErasure));
    found.insert(found.end(), some.begin(), some.end());
  }
  std::sort(found.begin(), found.end(),
            [](const Erasure& a, const Erasure& b) { return a.id < b.id; });
  return found;
}

inline absl::Status NoErasure(const std::string& tenant, int64_t id) {
  return absl::NotFoundError(absl::StrCat("no erasure ", id, " in tenant ", tenant));
}

template <typename Connection>
absl::StatusOr<std::vector<Erasure>> SelectUnfinishedErasures(Connection& connection, int limit) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectUnfinishedErasures));
  select.Bind(limit);
  return ReadAll(select, ReadErasure);
}

// Steps through a cursor over blockers and hands on those that lasted within [from, to); see
// Store::VisitBlockers.
template <typename Cursor>
absl::Status VisitLasting(Cursor& cursor, absl::Time from, absl::Time to,
                          absl::FunctionRef<void(const ReportedBlocker&)> visit) {
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, cursor.Step());
    if (!more) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ReportedBlocker blocker, ReadReportedBlocker(cursor));
    if (LastedWithin(blocker, from, to)) visit(blocker);
  }
}

}  // namespace clearway
