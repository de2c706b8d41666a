#include "service/store/sqlite/sqlite_store.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/sql_links.h"
#include "service/store/sql_reads.h"
#include "service/store/sqlite/migrations.h"
#include "service/store/sqlite/sqlite_queries.h"
#include "service/store/sqlite/transaction.h"

namespace clearway {
namespace {

constexpr char kMemory[] = ":memory:";
// Each waits `busy_timeout` for the lock.
constexpr int kTransactionAttempts = 3;

template <typename T>
std::vector<std::unique_ptr<T>> VectorOfOne(std::unique_ptr<T> item) {
  std::vector<std::unique_ptr<T>> items;
  items.push_back(std::move(item));
  return items;
}

absl::Status AtPath(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return {status.code(), absl::StrCat(path, ": ", status.message())};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(const Options& options) {
  // SQLite takes an empty path for a temporary database that vanishes.
  if (options.path.empty()) {
    return absl::InvalidArgumentError("store.sqlite.path is empty; name the database file");
  }
  if (options.readers < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("store.sqlite.readers is ", options.readers, "; at least 1 is needed"));
  }
  SqliteConnection::Options open{options.path, /*read_only=*/false, options.busy_timeout};
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> writer, SqliteConnection::Open(open));
  RETURN_IF_ERROR(AtPath(options.path, MigrateSqlite(*writer, SqliteSchema())));
  RETURN_IF_ERROR(AtPath(options.path, writer->UseWal()));
  std::vector<std::unique_ptr<SqliteConnection>> readers;
  open.read_only = true;
  for (int i = 0; i < options.readers && options.path != kMemory; ++i) {
    ASSIGN_OR_RETURN(readers.emplace_back(), SqliteConnection::Open(open));
  }
  return std::unique_ptr<Store>(new SqliteStore(options, std::move(writer), std::move(readers)));
}

SqliteStore::SqliteStore(const Options& options, std::unique_ptr<SqliteConnection> writer,
                         std::vector<std::unique_ptr<SqliteConnection>> readers)
    : options_(options),
      writer_(VectorOfOne(std::move(writer))),
      readers_(std::move(readers)),
      reading_(options.path == kMemory ? writer_ : readers_) {}

absl::StatusOr<SqliteStore::Connections::Lease> SqliteStore::Reader() {
  ASSIGN_OR_RETURN(Connections::Lease reader, reading_.Take(options_.busy_timeout));
  reader->set_deadline(std::chrono::steady_clock::now() +
                       absl::ToChronoNanoseconds(options_.read_timeout));
  return reader;
}

absl::Status SqliteStore::Transact(TransactionWork work) {
  ASSIGN_OR_RETURN(const Connections::Lease writer, writer_.Take(absl::InfiniteDuration()));
  absl::Status status;
  for (int attempt = 0; attempt < kTransactionAttempts; ++attempt) {
    status = writer->InTransaction([&] {
      SqliteTransaction transaction(*writer);
      return work(transaction);
    });
    if (!absl::IsAborted(status)) return status;
  }
  return absl::UnavailableError(
      absl::StrCat("gave up after ", kTransactionAttempts, " attempts: ", status.message()));
}

absl::Status SqliteStore::CheckReady() {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached("SELECT 1 FROM sqlite_schema LIMIT 1"));
  return select.Run();
}

absl::StatusOr<Blocker> SqliteStore::GetBlocker(const std::string& tenant, int64_t id) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectBlocker(*reader, tenant, id);
}

absl::StatusOr<std::vector<BlockerChange>> SqliteStore::ListChanges(const std::string& tenant,
                                                                    int64_t blocker_id) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectChanges(*reader, tenant, blocker_id);
}

absl::StatusOr<std::vector<Blocker>> SqliteStore::ListBlockers(const std::string& tenant,
                                                               const Filter& filter,
                                                               const Page& page) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectBlockers(*reader, kSqliteDialect, tenant, filter, page);
}

absl::StatusOr<std::optional<StoredTicket>> SqliteStore::GetTicket(const TicketKey& key) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectTicket(*reader, key);
}

absl::StatusOr<std::vector<Escalation>> SqliteStore::ListEscalations(const std::string& tenant,
                                                                     int64_t blocker_id,
                                                                     const Page& page) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectEscalations(*reader, tenant, blocker_id, page);
}

absl::StatusOr<std::vector<Escalation>> SqliteStore::EscalationsAfter(const std::string& tenant,
                                                                      int64_t after_id, int limit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectEscalationsAfter));
  select.Bind(tenant, after_id, limit);
  return ReadAll(select, ReadEscalation);
}

absl::StatusOr<int64_t> SqliteStore::LastEscalationId() {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectLastEscalationId));
  ASSIGN_OR_RETURN(const bool any, select.Step());
  return any ? select.Int64(0) : 0;
}

absl::StatusOr<std::vector<Blocker>> SqliteStore::DueBlockers(absl::Time now, int limit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectDueBlockers(*reader, now, limit);
}

absl::StatusOr<std::vector<OpenBlockerCount>> SqliteStore::CountOpenBlockers() {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectOpenCounts(*reader);
}

absl::Status SqliteStore::VisitBlockers(const std::string& tenant, const std::string& project,
                                        absl::Time from, absl::Time to,
                                        absl::FunctionRef<void(const Blocker&)> visit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectLasting));
  select.Bind(tenant, from, to, project);
  return VisitLasting(select, from, to, visit);
}

absl::Status SqliteStore::VisitSteps(const std::string& tenant, const std::string& project,
                                     absl::Time from, absl::Time to,
                                     absl::FunctionRef<void(const TakenStep&)> visit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached(kSelectStepsTold));
  select.Bind(tenant, from, to, project);
  return VisitStepRows(select, visit).status();
}

absl::StatusOr<std::vector<Feedback>> SqliteStore::ListFeedback(const std::string& tenant,
                                                                absl::Time since,
                                                                const Page& page) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectFeedback(*reader, tenant, since, page);
}

absl::Status SqliteStore::ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  SqlLinks<SqliteConnection> links(*reader);
  return read(links);
}

}  // namespace clearway
