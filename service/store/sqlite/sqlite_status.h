#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

struct sqlite3;

namespace clearway {

// The one bridge from SQLite's result codes (extended ones too) to statuses; told apart by the
// code, never by the text:
//   BUSY, LOCKED                                    ABORTED
//   INTERRUPT                                       DEADLINE_EXCEEDED (only our deadline
//   interrupts) FULL, IOERR, CANTOPEN, READONLY, PERM, PROTOCOL UNAVAILABLE CORRUPT, NOTADB, FORMAT
//   DATA_LOSS CONSTRAINT_UNIQUE, _PRIMARYKEY, _ROWID          ALREADY_EXISTS other CONSTRAINT
//   FAILED_PRECONDITION the rest                                        INTERNAL
// The message holds `doing`, SQLite's own words and how to mend it. `code` must not be a success.
absl::Status SqliteError(int code, absl::string_view doing, absl::string_view detail);

// The same, with the detail of the connection's last error.
absl::Status SqliteError(sqlite3* db, int code, absl::string_view doing);

}  // namespace clearway
