#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "service/store/sqlite/connection.h"

namespace clearway {

// One step of the schema; see schema/NNNN_name.sql. Never changed once released: the next step
// mends it.
struct SqliteMigration {
  absl::string_view name;
  absl::string_view sql;
};

// All steps, the first first. After step n the database is at version n.
std::vector<SqliteMigration> SqliteSchema();

// Takes the database to the last version, each step in a transaction of its own with the version
// that it leads to. FAILED_PRECONDITION when the database is newer than the program or belongs to
// another one; INTERNAL, naming the step, when one fails.
absl::Status MigrateSqlite(SqliteConnection& connection,
                           const std::vector<SqliteMigration>& schema);

// Commits the version that the database has anyway: a write to disk that changes nothing.
absl::Status TouchSqlite(SqliteConnection& connection);

}  // namespace clearway
