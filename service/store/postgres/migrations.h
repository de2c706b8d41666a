#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "service/store/postgres/connection.h"

namespace clearway {

// One step of the schema; see schema/NNNN_name.sql. Never changed once released: the next step
// mends it. Programs of the version before go on working while it runs and after it, so a step adds
// and fills; what is not used any more is dropped a version later.
struct PostgresMigration {
  absl::string_view name;
  absl::string_view sql;
};

// All steps, the first first. After step n the database is at version n.
std::vector<PostgresMigration> PostgresSchema();

// Takes the connection's schema to the last version, each step in a transaction of its own with the
// version that it leads to. Of several programs that start together one migrates and the others
// wait for it, by an advisory lock. FAILED_PRECONDITION when the database is newer than the program
// or belongs to another one; otherwise what the step that failed met, naming it.
absl::Status MigratePostgres(PgConnection& connection,
                             const std::vector<PostgresMigration>& schema);

}  // namespace clearway
