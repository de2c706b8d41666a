#include "service/store/sqlite/sqlite_status.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

absl::StatusCode ConstraintCode(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return absl::StatusCode::kAlreadyExists;
    default:
      return absl::StatusCode::kFailedPrecondition;
  }
}

absl::StatusCode CodeOf(int extended) {
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kAborted;
    case SQLITE_INTERRUPT:
      return absl::StatusCode::kDeadlineExceeded;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return absl::StatusCode::kDataLoss;
    case SQLITE_CONSTRAINT:
      return ConstraintCode(extended);
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::string_view Remedy(int extended) {
  switch (extended & 0xff) {
    case SQLITE_FULL:
      return "; free space on the disk";
    case SQLITE_IOERR:
      return "; check the disk";
    case SQLITE_CANTOPEN:
      return "; check that the folder exists and may be written";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "; check the permissions of the file and its folder";
    case SQLITE_CORRUPT:
      return "; restore the database from a backup";
    case SQLITE_NOTADB:
      return "; the file is no SQLite database: check the path or restore it from a backup";
    case SQLITE_BUSY:
      return "; another process holds the database";
    case SQLITE_INTERRUPT:
      return "; it took too long: ask for less at a time";
    default:
      return "";
  }
}

}  // namespace

absl::Status SqliteError(int code, absl::string_view doing, absl::string_view detail) {
  return {CodeOf(code),
          absl::StrCat("SQLite cannot ", doing, ": ", detail, " (code ", code, ")", Remedy(code))};
}

absl::Status SqliteError(sqlite3* db, int code, absl::string_view doing) {
  return SqliteError(code, doing, db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db));
}

}  // namespace clearway
