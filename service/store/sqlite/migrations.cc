#include "service/store/sqlite/migrations.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "clearway_embed/sqlite_schema_0001.h"
#include "clearway_embed/sqlite_schema_0002.h"
#include "clearway_embed/sqlite_schema_0003.h"
#include "clearway_embed/sqlite_schema_0004.h"
#include "clearway_embed/sqlite_schema_0005.h"
#include "clearway_embed/sqlite_schema_0006.h"
#include "clearway_embed/sqlite_schema_0007.h"
#include "clearway_embed/sqlite_schema_0008.h"
#include "clearway_embed/sqlite_schema_0009.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

// "CLWY": marks the file as ours; file(1) and others show it.
constexpr int64_t kApplicationId = 0x434c5759;

absl::StatusOr<int64_t> Number(SqliteConnection& connection, absl::string_view sql) {
  ASSIGN_OR_RETURN(SqliteStatement statement, connection.Prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Int64(0) : 0;
}

// The version, or why the database must be left alone.
absl::StatusOr<int64_t> VersionOf(SqliteConnection& connection, int64_t newest) {
  ASSIGN_OR_RETURN(const int64_t application, Number(connection, "PRAGMA application_id"));
  ASSIGN_OR_RETURN(const int64_t version, Number(connection, "PRAGMA user_version"));
  ASSIGN_OR_RETURN(const int64_t objects, Number(connection, "SELECT count(*) FROM sqlite_schema"));
  const bool is_new = application == 0 && version == 0 && objects == 0;
  if (!is_new && application != kApplicationId) {
    return absl::FailedPreconditionError(
        "the database belongs to another program; give Clearway a file of its own");
  }
  if (version > newest) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the database has schema version ", version, ", this program knows up to ", newest,
        "; start the newer clearwayd that wrote it, or restore a backup taken before the upgrade"));
  }
  return version;
}

}  // namespace

std::vector<SqliteMigration> SqliteSchema() {
  return {{"0001_initial", embedded::sqlite_schema_0001()},
          {"0002_feedback_on_tickets", embedded::sqlite_schema_0002()},
          {"0003_policies", embedded::sqlite_schema_0003()},
          {"0004_roots", embedded::sqlite_schema_0004()},
          {"0005_next_step", embedded::sqlite_schema_0005()},
          {"0006_raw_events_and_erasures", embedded::sqlite_schema_0006()},
          {"0007_size", embedded::sqlite_schema_0007()},
          {"0008_messages_and_outcomes", embedded::sqlite_schema_0008()},
          {"0009_older_and_deleted_tickets", embedded::sqlite_schema_0009()}};
}

absl::Status TouchSqlite(SqliteConnection& connection) {
  return connection.InTransaction([&connection]() -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t version, Number(connection, "PRAGMA user_version"));
    return connection.Execute(absl::StrCat("PRAGMA user_version = ", version));
  });
}

absl::Status MigrateSqlite(SqliteConnection& connection,
                           const std::vector<SqliteMigration>& schema) {
  const auto newest = static_cast<int64_t>(schema.size());
  for (;;) {
    bool done = false;
    // The version is read inside: another process may be migrating at the same time.
    absl::Status step = connection.InTransaction([&]() -> absl::Status {
      ASSIGN_OR_RETURN(const int64_t version, VersionOf(connection, newest));
      done = version == newest;
      if (done) return absl::OkStatus();
      const SqliteMigration& migration = schema[static_cast<size_t>(version)];
      absl::Status applied = connection.Execute(
          absl::StrCat(migration.sql, "\n;PRAGMA application_id = ", kApplicationId,
                       ";PRAGMA user_version = ", version + 1, ";"));
      if (applied.ok()) return applied;
      return {applied.code(), absl::StrCat("migration ", migration.name, ": ", applied.message())};
    });
    if (!step.ok() || done) return step;
  }
}

}  // namespace clearway
