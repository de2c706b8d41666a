#include "service/store/sqlite/connection.h"

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/sqlite/sqlite_status.h"

namespace clearway {
namespace {

// Often enough to be prompt, seldom enough to cost nothing.
constexpr int kInstructionsPerDeadlineCheck = 4096;

// FULL: an answer follows the commit, so the commit must be on disk. The log is written back in
// larger strides than by default, and its file is cut after a reader had kept it growing.
// secure_delete: what was deleted is zeroed, whatever SQLite was built with.
constexpr char kWriterPragmas[] = R"(
  PRAGMA secure_delete = ON;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
)";
// 8 MiB: the writer is not held up for long, and the rest may wait: it holds nothing but zeroes.
constexpr char kGivePagesBack[] = "PRAGMA incremental_vacuum(2000)";

constexpr char kReaderPragmas[] = R"(
  PRAGMA query_only = ON;
  PRAGMA cache_size = -16384;
  PRAGMA temp_store = MEMORY;
)";

int PastDeadline(void* deadline) {
  const auto& instant =
      *static_cast<const std::optional<std::chrono::steady_clock::time_point>*>(deadline);
  return instant.has_value() && std::chrono::steady_clock::now() >= *instant ? 1 : 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const Options& options) {
  // Each connection is used by one thread at a time, so SQLite's own mutexes are not needed.
  const int access =
      options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &db,
                                   access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  sqlite3_ptr owned(db);  // also after a failure
  const std::string opening = absl::StrCat("open ", options.path);
  if (code != SQLITE_OK) return SqliteError(db, code, opening);
  // SQLite itself is content to read where it may not write.
  if (!options.read_only && sqlite3_db_readonly(db, "main") == 1) {
    return SqliteError(SQLITE_READONLY, opening, "the file may only be read");
  }
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(std::move(owned)));
  const absl::Status set_up = connection->SetUp(options);
  if (!set_up.ok()) {
    return absl::Status(set_up.code(), absl::StrCat(options.path, ": ", set_up.message()));
  }
  return connection;
}

absl::Status SqliteConnection::SetUp(const Options& options) {
  sqlite3_busy_timeout(db_.get(),
                       static_cast<int>(absl::ToInt64Milliseconds(options.busy_timeout)));
  sqlite3_progress_handler(db_.get(), kInstructionsPerDeadlineCheck, PastDeadline, &deadline_);
  return Execute(options.read_only ? kReaderPragmas : kWriterPragmas);
}

absl::Status SqliteConnection::UseWal() {
  ASSIGN_OR_RETURN(SqliteStatement statement, Prepare("PRAGMA journal_mode = WAL"));
  ASSIGN_OR_RETURN(const bool row, statement.Step());
  const absl::string_view mode = row ? statement.View(0) : "";
  if (mode == "wal" || mode == "memory") return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "the database stays in journal mode \"", mode,
      "\" where WAL is needed; its file system must be a local one that shares memory maps"));
}

absl::Status SqliteConnection::GiveRoomBack() {
  ASSIGN_OR_RETURN(SqliteStatement pages, Prepare("PRAGMA page_count"));
  ASSIGN_OR_RETURN(const bool row, pages.Step());
  // A file that has any may be another program's.
  if (!row || pages.Int64(0) > 0) return absl::OkStatus();
  return Execute("PRAGMA auto_vacuum = INCREMENTAL");
}

absl::StatusOr<bool> SqliteConnection::GivesRoomBack() {
  ASSIGN_OR_RETURN(SqliteStatement mode, Prepare("PRAGMA auto_vacuum"));
  ASSIGN_OR_RETURN(const bool row, mode.Step());
  return row && mode.Int64(0) != 0;
}

absl::Status SqliteConnection::Compact() {
  RETURN_IF_ERROR(Execute(kGivePagesBack));
  ASSIGN_OR_RETURN(SqliteStatement checkpoint, Prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  ASSIGN_OR_RETURN(const bool row, checkpoint.Step());
  if (row && checkpoint.Int64(0) == 0) return absl::OkStatus();
  return absl::UnavailableError("a reader still needs the write-ahead log");
}

absl::StatusOr<sqlite3_stmt_ptr> SqliteConnection::Compile(absl::string_view sql,
                                                           unsigned int flags) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), flags,
                                      &statement, nullptr);
  if (code != SQLITE_OK) {
    return SqliteError(db_.get(), code, absl::StrCat("prepare \"", sql, "\""));
  }
  return sqlite3_stmt_ptr(statement);
}

absl::StatusOr<SqliteStatement> SqliteConnection::Cached(absl::string_view sql) {
  const auto found = cache_.find(sql);
  if (found != cache_.end()) return SqliteStatement(found->second.get());
  ASSIGN_OR_RETURN(sqlite3_stmt_ptr compiled, Compile(sql, SQLITE_PREPARE_PERSISTENT));
  const auto added = cache_.emplace(std::string(sql), std::move(compiled)).first;
  return SqliteStatement(added->second.get());
}

absl::StatusOr<SqliteStatement> SqliteConnection::Prepare(absl::string_view sql) {
  ASSIGN_OR_RETURN(sqlite3_stmt_ptr compiled, Compile(sql, 0));
  return SqliteStatement(std::move(compiled));
}

absl::Status SqliteConnection::Execute(const std::string& sql) {
  const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return absl::OkStatus();
  return SqliteError(db_.get(), code, "run a script");
}

absl::Status SqliteConnection::InTransaction(absl::FunctionRef<absl::Status()> work) {
  return Between("BEGIN IMMEDIATE", work);
}

absl::Status SqliteConnection::InSnapshot(absl::FunctionRef<absl::Status()> work) {
  return Between("BEGIN", work);
}

absl::Status SqliteConnection::Between(absl::string_view begin,
                                       absl::FunctionRef<absl::Status()> work) {
  const auto run = [this](absl::string_view sql) -> absl::Status {
    ASSIGN_OR_RETURN(SqliteStatement statement, Cached(sql));
    return statement.Run();
  };
  RETURN_IF_ERROR(run(begin));
  // A failed rollback leaves nothing to be done: the next BEGIN will say so.
  auto rollback = absl::MakeCleanup([&] {
    if (in_transaction()) run("ROLLBACK").IgnoreError();
  });
  RETURN_IF_ERROR(work());
  if (!in_transaction()) {
    return absl::UnavailableError("SQLite rolled the transaction back after a fault; try again");
  }
  RETURN_IF_ERROR(run("COMMIT"));
  std::move(rollback).Cancel();
  return absl::OkStatus();
}

}  // namespace clearway
