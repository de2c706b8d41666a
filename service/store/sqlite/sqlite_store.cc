#include "service/store/sqlite/sqlite_store.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include "service/base/status_macros.h"
#include "service/store/sql_erase.h"
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

// SQLite throws the log away where the database beside it is empty, and all that was acknowledged
// since the last checkpoint with it.
absl::Status CheckNotCutOff(const std::string& path) {
  std::error_code error;
  const bool empty = std::filesystem::file_size(path, error) == 0 && !error;
  const uintmax_t log = std::filesystem::file_size(path + "-wal", error);
  if (!empty || error || log == 0) return absl::OkStatus();
  return absl::DataLossError(
      "the database is empty, but there is a log (-wal) to it: it was cut off or replaced; restore "
      "it from a backup, or move the log away to begin anew");
}

// Looks through the pages of a database for damage. What a larger one hides comes out when it is
// read: SQLite cannot be made to look for only so long.
absl::Status CheckUndamaged(SqliteConnection& connection, const std::string& path,
                            uintmax_t largest) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > largest) return absl::OkStatus();
  ASSIGN_OR_RETURN(SqliteStatement check, connection.Prepare("PRAGMA quick_check(1)"));
  ASSIGN_OR_RETURN(const bool row, check.Step());
  if (!row || check.View(0) == "ok") return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the database is damaged: ", absl::StrReplaceAll(check.View(0), {{"\n", " "}}),
                   "; restore it from a backup"));
}

// A full disk has room left for a page now and then: writes as much as a batch of events does, and
// takes it back.
absl::Status CheckRoom(SqliteConnection& connection) {
  for (const char* sql :
       {"INSERT INTO room_checks (filler) VALUES (zeroblob(262144))", "DELETE FROM room_checks"}) {
    RETURN_IF_ERROR(connection.InTransaction([&] { return connection.Execute(sql); }));
  }
  return absl::OkStatus();
}

absl::Status WarnOfKeptRoom(SqliteConnection& connection, const SqliteStore::Options& options) {
  if (!options.warn) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool gives_back, connection.GivesRoomBack());
  if (!gives_back) {
    options.warn(absl::StrCat(
        options.path,
        ": the file keeps the room of what is deleted, for an older version made it; to mend it "
        "once, stop clearwayd and run: sqlite3 ",
        options.path, " \"PRAGMA auto_vacuum = INCREMENTAL; VACUUM\""));
  }
  return absl::OkStatus();
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
  RETURN_IF_ERROR(AtPath(options.path, CheckNotCutOff(options.path)));
  // SQLite would count its memory, which nobody asks for, under a lock at every allocation. Once it
  // is in use it refuses, and goes on counting.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  SqliteConnection::Options open{options.path, /*read_only=*/false, options.busy_timeout};
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> writer, SqliteConnection::Open(open));
  RETURN_IF_ERROR(AtPath(options.path, writer->GiveRoomBack()));
  RETURN_IF_ERROR(
      AtPath(options.path, CheckUndamaged(*writer, options.path, options.largest_checked)));
  RETURN_IF_ERROR(AtPath(options.path, MigrateSqlite(*writer, SqliteSchema())));
  RETURN_IF_ERROR(AtPath(options.path, writer->UseWal()));
  RETURN_IF_ERROR(AtPath(options.path, WarnOfKeptRoom(*writer, options)));
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
    if (!absl::IsAborted(status)) break;
  }
  if (absl::IsAborted(status)) {
    status = absl::UnavailableError(
        absl::StrCat("gave up after ", kTransactionAttempts, " attempts: ", status.message()));
  }
  if (status.ok() || absl::IsUnavailable(status)) write_failed_ = !status.ok();
  return status;
}

absl::Status SqliteStore::CheckReady() {
  {
    ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
    ASSIGN_OR_RETURN(SqliteStatement select, reader->Cached("SELECT 1 FROM sqlite_schema LIMIT 1"));
    RETURN_IF_ERROR(select.Run());
  }
  ASSIGN_OR_RETURN(const Connections::Lease writer, writer_.Take(options_.busy_timeout));
  if (!write_failed_) return AtPath(options_.path, TouchSqlite(*writer));
  RETURN_IF_ERROR(AtPath(options_.path, CheckRoom(*writer)));
  write_failed_ = false;
  return absl::OkStatus();
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

absl::StatusOr<Part<Blocker>> SqliteStore::ListBlockers(const std::string& tenant,
                                                        const Filter& filter, const Page& page) {
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
                                        absl::FunctionRef<void(const ReportedBlocker&)> visit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  ASSIGN_OR_RETURN(SqliteStatement select,
                   reader->Cached(project.empty() ? kSelectLasting : kSelectLastingOfProject));
  select.Bind(tenant, from, to);
  if (!project.empty()) select.Bind(project);
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

absl::StatusOr<Part<Feedback>> SqliteStore::ListFeedback(const std::string& tenant,
                                                         absl::Time since, const Page& page) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectFeedback(*reader, tenant, since, page);
}

absl::Status SqliteStore::ReadLinks(absl::FunctionRef<absl::Status(LinkReader&)> read) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  SqlLinks<SqliteConnection> links(*reader);
  return read(links);
}

absl::StatusOr<std::vector<TicketKey>> SqliteStore::ListTickets(
    const std::string& tenant, const std::optional<TicketKey>& after, int limit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectTicketKeys(*reader, kSelectTicketKeys, tenant, after, limit);
}

absl::StatusOr<std::vector<TicketKey>> SqliteStore::ListTicketsWithEvents(
    const std::string& tenant, absl::Time since, const std::optional<TicketKey>& after, int limit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectTicketKeys(*reader, kSelectTicketKeysWithEvents, tenant, after, limit, since);
}

absl::StatusOr<std::optional<TicketFile>> SqliteStore::GetTicketFile(const TicketKey& key) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  absl::StatusOr<std::optional<TicketFile>> file;
  RETURN_IF_ERROR(reader->InSnapshot([&] {
    file = SelectTicketFile(*reader, key);
    return file.status();
  }));
  return file;
}

absl::StatusOr<int64_t> SqliteStore::CountTexts(const TicketKey& key, const TextEraser& eraser) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  absl::StatusOr<int64_t> rows;
  RETURN_IF_ERROR(reader->InSnapshot([&] {
    rows = SqlTextEraser<SqliteConnection>(*reader, key, eraser, /*write=*/false).Run();
    return rows.status();
  }));
  return rows;
}

absl::StatusOr<std::vector<Erasure>> SqliteStore::ListErasures(const std::string& tenant,
                                                               const Page& page) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectErasures(*reader, tenant, page);
}

absl::StatusOr<std::vector<Erasure>> SqliteStore::UnfinishedErasures(int limit) {
  ASSIGN_OR_RETURN(const Connections::Lease reader, Reader());
  return SelectUnfinishedErasures(*reader, limit);
}

absl::Status SqliteStore::Compact() {
  ASSIGN_OR_RETURN(const Connections::Lease writer, writer_.Take(absl::InfiniteDuration()));
  return AtPath(options_.path, writer->Compact());
}

}  // namespace clearway
