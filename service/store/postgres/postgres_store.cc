#include "service/store/postgres/postgres_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/postgres/copy.h"
#include "service/store/postgres/locks.h"
#include "service/store/postgres/migrations.h"
#include "service/store/postgres/postgres_queries.h"
#include "service/store/postgres/report_query.h"
#include "service/store/postgres/statement.h"
#include "service/store/sql_erase.h"
#include "service/store/sql_links.h"
#include "service/store/sql_reads.h"

namespace clearway {
namespace {

constexpr int kTransactionAttempts = 6;
constexpr int kReadAttempts = 3;
// To learn what became of a commit is worth more patience than to try anew.
constexpr int kResolveAttempts = 10;

std::vector<std::unique_ptr<PgConnection>> Unopened(const PgConnection::Options& options,
                                                    int count) {
  std::vector<std::unique_ptr<PgConnection>> connections;
  connections.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) connections.push_back(std::make_unique<PgConnection>(options));
  return connections;
}

// The highest id up to which every escalation there will ever be is there by now. To be asked
// before the escalations are: statements see what was committed before they began.
class SettledEscalations {
 public:
  static absl::StatusOr<SettledEscalations> Ask(PgConnection& connection) {
    // In this order: who was given an id by the first has its lock, or is done, by the second.
    ASSIGN_OR_RETURN(PgStatement given, connection.Cached(kSelectGivenEscalationId));
    ASSIGN_OR_RETURN(PgStatement locked, connection.Cached(kSelectLockedEscalationId));
    given.Queue();
    locked.Bind(kEscalationLockTag);
    locked.Queue();
    return SettledEscalations(std::move(given), std::move(locked));
  }
  // Waits for the answer. Once only.
  absl::StatusOr<int64_t> Id() {
    ASSIGN_OR_RETURN(const bool any, given_.Step());
    ASSIGN_OR_RETURN(const bool row, locked_.Step());
    const int64_t given = any ? given_.Int64(0) : 0;
    return row && !locked_.IsNull(0) ? std::min(given, locked_.Int64(0)) : given;
  }

 private:
  SettledEscalations(PgStatement given, PgStatement locked)
      : given_(std::move(given)), locked_(std::move(locked)) {}

  PgStatement given_;
  PgStatement locked_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> PostgresStore::Open(const Options& options, Random& random) {
  if (options.readers < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("store.postgres.readers is ", options.readers, "; at least 1 is needed"));
  }
  std::vector<std::unique_ptr<PgConnection>> writer = Unopened(options.connection, 1);
  RETURN_IF_ERROR(MigratePostgres(*writer.front(), PostgresSchema()));
  return std::unique_ptr<Store>(new PostgresStore(options, random, std::move(writer),
                                                  Unopened(options.connection, options.readers)));
}

PostgresStore::PostgresStore(Options options, Random& random,
                             std::vector<std::unique_ptr<PgConnection>> writer,
                             std::vector<std::unique_ptr<PgConnection>> readers)
    : options_(std::move(options)),
      random_(random),
      writer_(std::move(writer)),
      readers_(std::move(readers)) {}

void PostgresStore::Pause(int attempt) {
  options_.sleep(options_.backoff.Before(attempt, random_));
}

void PostgresStore::Count(StoreRetry cause) const {
  if (options_.on_retry) options_.on_retry(cause);
}

absl::Status PostgresStore::Transact(TransactionWork work) {
  ASSIGN_OR_RETURN(const Connections::Lease writer, writer_.Take(absl::InfiniteDuration()));
  PostgresTransaction::Memory memory;
  Attempted attempted;
  for (int attempt = 0; attempt < kTransactionAttempts; ++attempt) {
    if (attempt > 0) {
      Count(*attempted.again);
      Pause(attempt);
    }
    attempted = Attempt(*writer, memory, work);
    if (!attempted.again.has_value()) return attempted.status;
  }
  return absl::UnavailableError(absl::StrCat("gave up after ", kTransactionAttempts,
                                             " attempts: ", attempted.status.message()));
}

PostgresStore::Attempted PostgresStore::Attempt(PgConnection& writer,
                                                PostgresTransaction::Memory& memory,
                                                TransactionWork work) {
  if (const absl::Status opened = writer.Open(); !opened.ok()) {
    if (absl::IsUnavailable(opened)) return {opened, StoreRetry::kConnection};
    return {opened, std::nullopt};
  }
  PostgresTransaction transaction(writer, memory);
  absl::Status status = transaction.Begin();
  if (status.ok()) status = work(transaction);
  absl::StatusOr<PostgresTransaction::Id> id;
  if (status.ok()) {
    // To be known before the COMMIT is sent: from then on it may have happened without our hearing
    // of it.
    id = transaction.id();
    status = id.status();
  }
  if (status.ok()) {
    status = transaction.Commit();
    if (!status.ok() && !writer.usable()) return Resolve(writer, *id);
  }
  if (status.ok()) return {status, std::nullopt};
  if (!writer.usable() || absl::IsAborted(status)) {
    const StoreRetry cause = writer.usable() ? StoreRetry::kLostRace : StoreRetry::kConnection;
    writer.Rest();
    return {status, cause};
  }
  const bool failed = writer.transaction_failed();
  writer.Rest();
  if (!failed) return {status, std::nullopt};  // the work's own
  // Another transaction kept a ticket for too long, or the server is overloaded: no use in more.
  if (absl::IsDeadlineExceeded(status)) {
    return {absl::UnavailableError(status.message()), std::nullopt};
  }
  // Nothing is inserted that was seen to be there: somebody else was faster.
  if (absl::IsAlreadyExists(status)) return {status, StoreRetry::kLostRace};
  // The fault may be that of an earlier write than the one it came out of: once more, one by one.
  if (std::exchange(memory.careful, true)) return {status, std::nullopt};
  return {status, StoreRetry::kFaultSearch};
}

absl::StatusOr<std::string> PostgresStore::TransactionStatus(PgConnection& writer,
                                                             const PostgresTransaction::Id& id) {
  RETURN_IF_ERROR(writer.Open());
  ASSIGN_OR_RETURN(PgStatement select, writer.Cached(kSelectTransactionStatus));
  select.Bind(id.number, id.history);
  ASSIGN_OR_RETURN(const bool row, select.Step());
  return row ? select.Text(0) : std::string();
}

PostgresStore::Attempted PostgresStore::Resolve(PgConnection& writer,
                                                const PostgresTransaction::Id& id) {
  absl::Status last;
  for (int attempt = 1; attempt <= kResolveAttempts; ++attempt) {
    const absl::StatusOr<std::string> became = TransactionStatus(writer, id);
    last = became.status();
    if (became.ok() && *became == "committed") return {absl::OkStatus(), std::nullopt};
    if (became.ok() && *became == "aborted") {
      return {absl::UnavailableError("the connection was lost before the commit"),
              StoreRetry::kConnection};
    }
    // A server that took over from another cannot know.
    if (became.ok() && became->empty()) break;
    Pause(attempt);
  }
  return {absl::UnavailableError(absl::StrCat(
              "the connection was lost at the commit and it is not known whether it happened: ",
              last.message(), "; send it again, what was taken in is not taken in twice")),
          std::nullopt};
}

absl::Status PostgresStore::Read(absl::FunctionRef<absl::Status(PgConnection&)> read) {
  ASSIGN_OR_RETURN(const Connections::Lease reader,
                   readers_.Take(options_.connection.statement_timeout));
  absl::Status status;
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    // A connection that broke while it was idle is found out at its first use.
    if (attempt > 0) Count(StoreRetry::kConnection);
    if (attempt > 1) Pause(attempt - 1);
    status = reader->Open();
    if (status.ok()) status = read(*reader);
    if (status.ok() || reader->usable()) break;
  }
  return status;
}

template <typename Result, typename Call>
Result PostgresStore::ReadResult(Call read) {
  Result result = absl::UnknownError("not read");
  const absl::Status status = Read([&](PgConnection& connection) {
    result = read(connection);
    return result.status();
  });
  if (!status.ok()) return status;
  return result;
}

absl::Status PostgresStore::CheckReady() {
  const auto run = [](PgConnection& connection, const char* sql) -> absl::Status {
    ASSIGN_OR_RETURN(PgStatement statement, connection.Cached(sql));
    return statement.Run();
  };
  RETURN_IF_ERROR(Read([&](PgConnection& connection) { return run(connection, "SELECT 1"); }));
  ASSIGN_OR_RETURN(const Connections::Lease writer,
                   writer_.Take(options_.connection.statement_timeout));
  RETURN_IF_ERROR(writer->Open());
  const absl::Status written = run(*writer, kTouch);
  // A connection that the server cut off while it was idle is no sign of trouble: see with a new
  // one.
  if (written.ok() || writer->usable()) return written;
  Count(StoreRetry::kConnection);
  RETURN_IF_ERROR(writer->Open());
  return run(*writer, kTouch);
}

absl::StatusOr<Blocker> PostgresStore::GetBlocker(const std::string& tenant, int64_t id) {
  return ReadResult<absl::StatusOr<Blocker>>(
      [&](PgConnection& connection) { return SelectBlocker(connection, tenant, id); });
}

absl::StatusOr<std::vector<BlockerChange>> PostgresStore::ListChanges(const std::string& tenant,
                                                                      int64_t blocker_id) {
  return ReadResult<absl::StatusOr<std::vector<BlockerChange>>>(
      [&](PgConnection& connection) { return SelectChanges(connection, tenant, blocker_id); });
}

absl::StatusOr<Part<Blocker>> PostgresStore::ListBlockers(const std::string& tenant,
                                                          const Filter& filter, const Page& page) {
  return ReadResult<absl::StatusOr<Part<Blocker>>>([&](PgConnection& connection) {
    return SelectBlockers(connection, kPostgresDialect, tenant, filter, page);
  });
}

absl::StatusOr<std::optional<StoredTicket>> PostgresStore::GetTicket(const TicketKey& key) {
  return ReadResult<absl::StatusOr<std::optional<StoredTicket>>>(
      [&](PgConnection& connection) { return SelectTicket(connection, key); });
}

absl::StatusOr<std::vector<Escalation>> PostgresStore::ListEscalations(const std::string& tenant,
                                                                       int64_t blocker_id,
                                                                       const Page& page) {
  return ReadResult<absl::StatusOr<std::vector<Escalation>>>([&](PgConnection& connection) {
    return SelectEscalations(connection, tenant, blocker_id, page);
  });
}

absl::StatusOr<std::vector<Escalation>> PostgresStore::EscalationsAfter(const std::string& tenant,
                                                                        int64_t after_id,
                                                                        int limit) {
  using Result = absl::StatusOr<std::vector<Escalation>>;
  return ReadResult<Result>([&](PgConnection& connection) -> Result {
    ASSIGN_OR_RETURN(SettledEscalations settled, SettledEscalations::Ask(connection));
    ASSIGN_OR_RETURN(PgStatement select, connection.Cached(kSelectEscalationsAfter));
    select.Bind(tenant, after_id, limit);
    ASSIGN_OR_RETURN(std::vector<Escalation> found, ReadAll(select, ReadEscalation));
    // Beyond it, one with a lower id may still come, which who goes on from here would never see.
    ASSIGN_OR_RETURN(const int64_t last, settled.Id());
    std::erase_if(found, [last](const Escalation& escalation) { return escalation.id > last; });
    return found;
  });
}

absl::StatusOr<int64_t> PostgresStore::LastEscalationId() {
  using Result = absl::StatusOr<int64_t>;
  return ReadResult<Result>([&](PgConnection& connection) -> Result {
    ASSIGN_OR_RETURN(SettledEscalations settled, SettledEscalations::Ask(connection));
    ASSIGN_OR_RETURN(const int64_t last, settled.Id());
    ASSIGN_OR_RETURN(PgStatement select, connection.Cached(kSelectLastEscalationUpTo));
    select.Bind(last);
    ASSIGN_OR_RETURN(const bool any, select.Step());
    return any ? select.Int64(0) : 0;
  });
}

absl::StatusOr<std::vector<Blocker>> PostgresStore::DueBlockers(absl::Time now, int limit) {
  return ReadResult<absl::StatusOr<std::vector<Blocker>>>(
      [&](PgConnection& connection) { return SelectDueBlockers(connection, now, limit); });
}

absl::StatusOr<std::vector<OpenBlockerCount>> PostgresStore::CountOpenBlockers() {
  return ReadResult<absl::StatusOr<std::vector<OpenBlockerCount>>>(
      [](PgConnection& connection) { return SelectOpenCounts(connection); });
}

absl::Status PostgresStore::VisitBlockers(const std::string& tenant, const std::string& project,
                                          absl::Time from, absl::Time to,
                                          absl::FunctionRef<void(const ReportedBlocker&)> visit) {
  // Not tried again: some may have been visited.
  ASSIGN_OR_RETURN(const Connections::Lease reader,
                   readers_.Take(options_.connection.statement_timeout));
  RETURN_IF_ERROR(reader->Open());
  ASSIGN_OR_RETURN(PgCopy lasting,
                   PgCopy::Begin(*reader, SelectLasting(tenant, project, from, to)));
  return VisitLasting(lasting, from, to, visit);
}

absl::Status PostgresStore::VisitSteps(const std::string& tenant, const std::string& project,
                                       absl::Time from, absl::Time to,
                                       absl::FunctionRef<void(const TakenStep&)> visit) {
  // As with blockers. The lease's end closes the transaction, and the cursor with it.
  ASSIGN_OR_RETURN(const Connections::Lease reader,
                   readers_.Take(options_.connection.statement_timeout));
  RETURN_IF_ERROR(reader->Open());
  RETURN_IF_ERROR(reader->Execute("BEGIN READ ONLY"));
  ASSIGN_OR_RETURN(PgStatement declare, reader->Prepare(kDeclareSteps));
  declare.Bind(tenant, from, to, project);
  declare.Queue();
  for (;;) {
    ASSIGN_OR_RETURN(PgStatement fetch, reader->Prepare(kFetchSteps));
    ASSIGN_OR_RETURN(const int rows, VisitStepRows(fetch, visit));
    if (rows == 0) return absl::OkStatus();
  }
}

absl::StatusOr<Part<Feedback>> PostgresStore::ListFeedback(const std::string& tenant,
                                                           absl::Time since, const Page& page) {
  return ReadResult<absl::StatusOr<Part<Feedback>>>(
      [&](PgConnection& connection) { return SelectFeedback(connection, tenant, since, page); });
}

absl::Status PostgresStore::ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) {
  // Run again where a connection turns out to be broken, as the other reads are.
  return Read([&](PgConnection& connection) {
    SqlLinks<PgConnection> links(connection);
    return read(links);
  });
}

absl::StatusOr<std::vector<TicketKey>> PostgresStore::ListTickets(
    const std::string& tenant, const std::optional<TicketKey>& after, int limit) {
  return ReadResult<absl::StatusOr<std::vector<TicketKey>>>([&](PgConnection& connection) {
    return SelectTicketKeys(connection, kSelectTicketKeys, tenant, after, limit);
  });
}

absl::StatusOr<std::vector<TicketKey>> PostgresStore::ListTicketsWithEvents(
    const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after, int limit) {
  return ReadResult<absl::StatusOr<std::vector<TicketKey>>>([&](PgConnection& connection) {
    return SelectTicketKeys(connection, kSelectTicketKeysWithEvents, tenant, after, limit, since);
  });
}

absl::StatusOr<std::optional<TicketFile>> PostgresStore::GetTicketFile(const TicketKey& key) {
  using Result = absl::StatusOr<std::optional<TicketFile>>;
  return ReadResult<Result>([&](PgConnection& connection) -> Result {
    // The lease's end, or another try's Open, closes the transaction.
    RETURN_IF_ERROR(connection.Execute(kBeginSnapshot));
    return SelectTicketFile(connection, key);
  });
}

absl::StatusOr<int64_t> PostgresStore::CountTexts(const TicketKey& key, const TextEraser& eraser) {
  using Result = absl::StatusOr<int64_t>;
  return ReadResult<Result>([&](PgConnection& connection) -> Result {
    RETURN_IF_ERROR(connection.Execute(kBeginSnapshot));
    return SqlTextEraser<PgConnection>(connection, key, eraser, /*write=*/false).Run();
  });
}

absl::StatusOr<std::vector<Erasure>> PostgresStore::ListErasures(const std::string& tenant,
                                                                 const Page& page) {
  return ReadResult<absl::StatusOr<std::vector<Erasure>>>(
      [&](PgConnection& connection) { return SelectErasures(connection, tenant, page); });
}

absl::StatusOr<std::vector<Erasure>> PostgresStore::UnfinishedErasures(int limit) {
  return ReadResult<absl::StatusOr<std::vector<Erasure>>>(
      [&](PgConnection& connection) { return SelectUnfinishedErasures(connection, limit); });
}

// Autovacuum does that.
absl::Status PostgresStore::Compact() { return absl::OkStatus(); }

}  // namespace clearway
