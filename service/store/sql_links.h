#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/base/status_macros.h"
#include "service/store/codec.h"
#include "service/store/link_queries.h"
#include "service/store/links.h"
#include "service/store/sql_reads.h"

namespace clearway {

// See link_queries.h: each reads the columns of the list of its name.
absl::StatusOr<Hanging> ReadHanging(const SqlColumns& columns);
absl::StatusOr<Root> ReadRoot(const SqlColumns& columns);
// Reads two keys and a flag.
absl::StatusOr<Dependency> ReadDependency(const SqlColumns& columns);
// Reads what kSelectEnded gives, into all but the blocker.
absl::Status ReadEnded(const SqlColumns& columns, LinkedTicket* ticket);
void TakeBlocker(const Blocker& blocker, LinkedTicket* ticket);
absl::StatusOr<PendingLinkChange> ReadLinkChange(const SqlColumns& columns);

// The links of a store over one of its connections, for every back end that speaks SQL; see
// sql_reads.h. Where statements can be queued, the questions about a list of keys go to the server
// together.
template <typename Connection>
class SqlLinks : public Links {
 public:
  // `connection` must outlive this.
  explicit SqlLinks(Connection& connection) : connection_(connection) {}

  absl::StatusOr<std::vector<Dependency>> HangsOn(
      const LinkScope& scope, const std::vector<std::string>& tickets) override {
    return ReadOfEach<Dependency>(kSelectHangsOn, scope, tickets, ReadDependency);
  }
  absl::StatusOr<std::vector<Dependency>> Holds(const LinkScope& scope,
                                                const std::vector<std::string>& tickets) override {
    return ReadOfEach<Dependency>(kSelectHolds, scope, tickets, ReadDependency);
  }
  absl::StatusOr<std::vector<LinkedTicket>> Tickets(
      const LinkScope& scope, const std::vector<std::string>& tickets) override {
    std::vector<LinkedTicket> found(tickets.size());
    for (size_t i = 0; i < tickets.size(); ++i) found[i].ticket = tickets[i];
    RETURN_IF_ERROR(AskOfEach(kSelectEnded, scope, tickets,
                              [&](size_t i, const SqlColumns& row) -> absl::Status {
                                return ReadEnded(row, &found[i]);
                              }));
    RETURN_IF_ERROR(AskOfEach(kSelectLatestBlocker, scope, tickets,
                              [&](size_t i, const SqlColumns& row) -> absl::Status {
                                ASSIGN_OR_RETURN(const Blocker blocker, ReadBlocker(row));
                                TakeBlocker(blocker, &found[i]);
                                return absl::OkStatus();
                              }));
    RETURN_IF_ERROR(RecallEnded(scope, &found));
    return found;
  }
  absl::StatusOr<std::vector<Hanging>> RootsOf(const LinkScope& scope,
                                               const std::vector<std::string>& tickets) override {
    return ReadOfEach<Hanging>(kSelectRootsOf, scope, tickets, ReadHanging);
  }
  absl::StatusOr<std::vector<Hanging>> HangingOn(const LinkScope& scope, const std::string& root,
                                                 int limit) override {
    ASSIGN_OR_RETURN(auto select, connection_.Cached(kSelectHangingOn));
    select.Bind(scope.tenant, scope.source, root, limit);
    return ReadAll(select, ReadHanging);
  }
  absl::StatusOr<std::vector<Root>> FindRoots(const LinkScope& scope,
                                              const std::vector<std::string>& tickets) override {
    return ReadOfEach<Root>(kSelectRoot, scope, tickets, ReadRoot);
  }
  absl::StatusOr<std::vector<Root>> HeaviestRoots(const RootQuery& query) override {
    const bool all = query.project.empty();
    ASSIGN_OR_RETURN(auto select, connection_.Cached(all ? kSelectHeaviestRoots
                                                         : kSelectHeaviestRootsOfProject));
    const int64_t now = absl::ToUnixMillis(query.time);
    constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
    const Root after = query.after.value_or(Root());
    const int64_t blocked =
        query.after.has_value() ? -(after.blocked.stuck * now + after.blocked.offset_ms) : kFirst;
    select.Bind(query.tenant, now, blocked, -after.tickets, after.source, after.ticket,
                query.limit);
    if (!all) select.Bind(query.project);
    return ReadAll(select, ReadRoot);
  }
  absl::StatusOr<int> CountPending(const std::string& tenant, int limit) override {
    ASSIGN_OR_RETURN(auto select, connection_.Cached(kCountLinkChanges));
    select.Bind(tenant, limit);
    ASSIGN_OR_RETURN(const bool any, select.Step());
    return any ? static_cast<int>(select.Int64(0)) : 0;
  }

  absl::StatusOr<std::optional<UnlinkedTickets>> FindUnlinked(int limit, int looked_at) override {
    ASSIGN_OR_RETURN(const std::optional<TicketKey> mark, ReadMark());
    if (!mark.has_value()) return std::optional<UnlinkedTickets>();
    UnlinkedTickets found{*mark, {}, std::nullopt};
    ASSIGN_OR_RETURN(auto select, connection_.Cached(kSelectTicketsBehind));
    select.Bind(mark->tenant, mark->source, mark->key, looked_at);
    for (int looked = 1;; ++looked) {
      ASSIGN_OR_RETURN(const bool row, select.Step());
      if (!row) return std::optional<UnlinkedTickets>(std::move(found));
      ASSIGN_OR_RETURN(TicketKey key, ReadTicketKey(select));
      const bool full = IsUnlinked(select) && Add(key, limit, &found);
      if (!full && looked < looked_at) continue;
      found.last = std::move(key);
      return std::optional<UnlinkedTickets>(std::move(found));
    }
  }

  absl::Status PutDependencies(const TicketKey& ticket, const std::set<Dependency>& removed,
                               const std::set<Dependency>& added) override {
    if (!added.empty()) RETURN_IF_ERROR(Expose(ticket));
    for (const Dependency& dependency : added) {
      RETURN_IF_ERROR(Expose({ticket.tenant, ticket.source, OtherThan(ticket.key, dependency)}));
    }
    for (const Dependency& gone : removed) {
      RETURN_IF_ERROR(Write(kDeleteDependency, ticket.tenant, ticket.source, gone.ticket,
                            gone.blocker, static_cast<int>(gone.told_by_blocker)));
    }
    for (const Dependency& more : added) {
      RETURN_IF_ERROR(Write(kInsertDependency, ticket.tenant, ticket.source, more.ticket,
                            more.blocker, static_cast<int>(more.told_by_blocker),
                            OtherThan(ticket.key, more)));
    }
    return absl::OkStatus();
  }
  absl::Status NoteChange(const TicketKey& ticket, LinkChange change) override {
    return Write(kInsertLinkChange, ticket.tenant, ticket.source, ticket.key, change);
  }
  absl::StatusOr<std::optional<LinkWork>> TakeChanges(bool put_off, int limit) override {
    LinkWork work;
    {
      ASSIGN_OR_RETURN(auto first, connection_.Cached(kSelectChangedScope));
      first.Bind(static_cast<int>(put_off));
      ASSIGN_OR_RETURN(const bool any, first.Step());
      if (!any) return std::optional<LinkWork>();
      work.scope = {first.Text(0), first.Text(1)};
    }
    ASSIGN_OR_RETURN(const bool ours, TryOwn(work.scope));
    if (!ours) return std::optional<LinkWork>();
    ASSIGN_OR_RETURN(auto select, connection_.Cached(kSelectLinkChanges));
    select.Bind(work.scope.tenant, work.scope.source, static_cast<int>(put_off), limit);
    ASSIGN_OR_RETURN(work.changes, ReadAll(select, ReadLinkChange));
    // Whoever had the right before may just have done them.
    if (work.changes.empty()) return std::optional<LinkWork>();
    return std::optional<LinkWork>(std::move(work));
  }
  absl::Status ForgetChanges(const LinkScope& scope,
                             const std::vector<PendingLinkChange>& changes) override {
    for (const PendingLinkChange& change : changes) {
      RETURN_IF_ERROR(Write(kDeleteLinkChange, scope.tenant, scope.source, change.id));
    }
    return absl::OkStatus();
  }
  absl::Status PutOff(const LinkScope& scope, const PendingLinkChange& change) override {
    return Write(kPutOffLinkChange, scope.tenant, scope.source, change.id);
  }
  absl::StatusOr<bool> PassUnlinked(const UnlinkedTickets& found) override {
    // No tenant's own.
    ASSIGN_OR_RETURN(const bool ours, TryOwn(LinkScope()));
    if (!ours) return false;
    ASSIGN_OR_RETURN(const std::optional<TicketKey> mark, ReadMark());
    if (mark != found.after) return false;
    if (!found.last.has_value()) {
      RETURN_IF_ERROR(Write(kEndLinkBackfill));
    } else {
      RETURN_IF_ERROR(
          Write(kMoveLinkBackfill, found.last->tenant, found.last->source, found.last->key));
    }
    return true;
  }
  absl::Status PutHanging(const LinkScope& scope, const Hanging& h) override {
    return Write(kUpsertHanging, scope.tenant, scope.source, h.root, h.ticket, h.project,
                 static_cast<int>(h.in_circle), h.blocked.stuck, h.blocked.offset_ms);
  }
  absl::Status RemoveHanging(const LinkScope& scope, const std::string& root,
                             const std::string& ticket) override {
    return Write(kDeleteHanging, scope.tenant, scope.source, root, ticket);
  }
  absl::Status AddToRoot(const LinkScope& scope, const Root& root) override {
    RETURN_IF_ERROR(Write(kAddToRoot, scope.tenant, scope.source, root.ticket, root.tickets,
                          root.circle, root.blocked.stuck, root.blocked.offset_ms));
    return Write(kDeleteEmptyRoot, scope.tenant, scope.source, root.ticket);
  }

 protected:
  // Called of both ends before tickets are linked, so that whoever is at work on either comes
  // before or after.
  virtual absl::Status Expose(const TicketKey& /*ticket*/) { return absl::OkStatus(); }
  // False: another transaction has the right to the scope's roots.
  virtual absl::StatusOr<bool> TryOwn(const LinkScope& /*scope*/) { return true; }
  // Whether each write is waited for, so that its fault comes out of it.
  virtual bool careful() const { return false; }

 private:
  static const std::string& OtherThan(const std::string& ticket, const Dependency& dependency) {
    return dependency.ticket == ticket ? dependency.blocker : dependency.ticket;
  }
  absl::Status RecallEnded(const LinkScope& scope, std::vector<LinkedTicket>* tickets) {
    std::vector<std::string> unknown;
    std::vector<size_t> places;
    for (size_t i = 0; i < tickets->size(); ++i) {
      if ((*tickets)[i].known) continue;
      unknown.push_back((*tickets)[i].ticket);
      places.push_back(i);
    }
    return AskOfEach(kSelectEndedBefore, scope, unknown,
                     [&](size_t i, const SqlColumns&) -> absl::Status {
                       (*tickets)[places[i]].over = true;
                       return absl::OkStatus();
                     });
  }
  absl::StatusOr<std::optional<TicketKey>> ReadMark() {
    ASSIGN_OR_RETURN(auto select, connection_.Cached(kSelectLinkBackfill));
    return ReadOne(select, ReadTicketKey);
  }
  // Of what cannot be read its next event tells.
  static bool IsUnlinked(const SqlColumns& columns) {
    constexpr int kState = 3;
    const absl::StatusOr<StoredTicket> ticket = DecodeTicket(columns.View(kState));
    return ticket.ok() && !ticket->links_kept;
  }
  // Whether that was the last that there is room for.
  static bool Add(const TicketKey& key, int limit, UnlinkedTickets* found) {
    found->tickets.push_back(key);
    return found->tickets.size() >= static_cast<size_t>(limit);
  }

  // Statements on their way to a server at a time.
  static constexpr size_t kMostQueued = 200;

  template <typename... Values>
  absl::Status Write(const char* sql, const Values&... values) {
    ASSIGN_OR_RETURN(auto statement, connection_.Cached(sql));
    statement.Bind(values...);
    if constexpr (requires { statement.Queue(); }) {
      statement.Queue();
      if (!careful()) return absl::OkStatus();
    }
    return statement.Run();
  }

  template <typename Read>
  static absl::Status ReadRows(auto& statement, size_t index, Read read) {
    for (;;) {
      ASSIGN_OR_RETURN(const bool row, statement.Step());
      if (!row) return absl::OkStatus();
      RETURN_IF_ERROR(read(index, statement));
    }
  }

  // Runs a statement of tenant, source and key for each key.
  template <typename Read>
  absl::Status AskOfEach(const char* sql, const LinkScope& scope,
                         const std::vector<std::string>& keys, Read read) {
    using Statement = typename decltype(connection_.Cached(sql))::value_type;
    if constexpr (requires(Statement s) { s.Queue(); }) {
      for (size_t begin = 0; begin < keys.size(); begin += kMostQueued) {
        const size_t end = std::min(keys.size(), begin + kMostQueued);
        std::vector<Statement> asked;
        for (size_t i = begin; i < end; ++i) {
          ASSIGN_OR_RETURN(Statement statement, connection_.Cached(sql));
          statement.Bind(scope.tenant, scope.source, keys[i]);
          statement.Queue();
          asked.push_back(std::move(statement));
        }
        for (size_t i = begin; i < end; ++i) {
          RETURN_IF_ERROR(ReadRows(asked[i - begin], i, read));
        }
      }
    } else {
      for (size_t i = 0; i < keys.size(); ++i) {
        ASSIGN_OR_RETURN(auto statement, connection_.Cached(sql));
        statement.Bind(scope.tenant, scope.source, keys[i]);
        RETURN_IF_ERROR(ReadRows(statement, i, read));
      }
    }
    return absl::OkStatus();
  }

  template <typename T>
  absl::StatusOr<std::vector<T>> ReadOfEach(const char* sql, const LinkScope& scope,
                                            const std::vector<std::string>& keys,
                                            absl::StatusOr<T> (*read)(const SqlColumns&)) {
    std::vector<T> rows;
    RETURN_IF_ERROR(
        AskOfEach(sql, scope, keys, [&](size_t, const SqlColumns& columns) -> absl::Status {
          ASSIGN_OR_RETURN(T row, read(columns));
          rows.push_back(std::move(row));
          return absl::OkStatus();
        }));
    return rows;
  }

  Connection& connection_;
};

// See Transaction::IsLinked.
template <typename Connection>
absl::StatusOr<bool> SelectIsLinked(Connection& connection, const TicketKey& key) {
  ASSIGN_OR_RETURN(auto select, connection.Cached(kSelectIsLinked));
  select.Bind(key.tenant, key.source, key.key);
  return select.Step();
}

}  // namespace clearway
