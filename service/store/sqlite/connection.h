#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/store/sqlite/handles.h"
#include "service/store/sqlite/statement.h"

namespace clearway {

// One connection to a database, set up for Clearway: synchronous=FULL, foreign keys, extended
// result codes. Used by one thread at a time.
class SqliteConnection {
 public:
  struct Options {
    // A file, or ":memory:".
    std::string path;
    bool read_only = false;
    // How long to wait for a lock that another connection holds.
    absl::Duration busy_timeout = absl::Seconds(5);
  };

  // The file is created where it is missing, unless `read_only`. UNAVAILABLE when it cannot be
  // opened, DATA_LOSS when it is no database; both name the path.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const Options& options);

  // Puts the database file into WAL mode, where it stays. Apart from Open, which must leave a file
  // alone that turns out to be another program's. Means nothing in memory.
  absl::Status UseWal();

  // Lets Compact make the file smaller; takes effect on a file that is new. To be called before
  // anything is written.
  absl::Status GiveRoomBack();
  // Whether Compact can.
  absl::StatusOr<bool> GivesRoomBack();

  // Moves the write-ahead log into the database and empties it, after free pages were given back: a
  // deleted text is overwritten there by then (secure_delete) and in no file any more. UNAVAILABLE
  // when a reader still needs the log.
  absl::Status Compact();

  // Prepared once, then kept for the connection's life: for the fixed texts. Two uses of one text
  // must not overlap.
  absl::StatusOr<SqliteStatement> Cached(absl::string_view sql);
  // For texts put together at run time.
  absl::StatusOr<SqliteStatement> Prepare(absl::string_view sql);
  // Runs one or more statements without parameters or results.
  absl::Status Execute(const std::string& sql);

  // BEGIN IMMEDIATE, `work`, COMMIT; ROLLBACK where `work` or the commit fails, whose status it
  // returns.
  absl::Status InTransaction(absl::FunctionRef<absl::Status()> work);
  // The same for reads that are to see one moment.
  absl::Status InSnapshot(absl::FunctionRef<absl::Status()> work);
  // False outside transactions, and after a fault that made SQLite itself roll back.
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

  // Rows changed by the last statement, and the rowid of the last row inserted.
  int64_t changes() const { return sqlite3_changes64(db_.get()); }
  int64_t last_insert_id() const { return sqlite3_last_insert_rowid(db_.get()); }

  // Statements running past this instant end with DEADLINE_EXCEEDED. nullopt: never.
  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
    deadline_ = deadline;
  }

  // For ConnectionPool: the next use sets a deadline of its own.
  void Rest() { deadline_ = std::nullopt; }

 private:
  explicit SqliteConnection(sqlite3_ptr db) : db_(std::move(db)) {}
  absl::Status SetUp(const Options& options);
  absl::Status Between(absl::string_view begin, absl::FunctionRef<absl::Status()> work);
  absl::StatusOr<sqlite3_stmt_ptr> Compile(absl::string_view sql, unsigned int flags);

  // The statements must go before the connection.
  const sqlite3_ptr db_;
  absl::flat_hash_map<std::string, sqlite3_stmt_ptr> cache_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace clearway
