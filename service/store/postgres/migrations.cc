#include "service/store/postgres/migrations.h"

#include <cstdint>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "clearway_embed/postgres_schema_0001.h"
#include "clearway_embed/postgres_schema_0002.h"
#include "clearway_embed/postgres_schema_0003.h"
#include "clearway_embed/postgres_schema_0004.h"
#include "clearway_embed/postgres_schema_0005.h"
#include "clearway_embed/postgres_schema_0006.h"
#include "clearway_embed/postgres_schema_0007.h"
#include "clearway_embed/postgres_schema_0008.h"
#include "clearway_embed/postgres_schema_0009.h"

#include "service/base/status_macros.h"
#include "service/store/postgres/locks.h"
#include "service/store/postgres/statement.h"

namespace clearway {
namespace {

absl::StatusOr<int64_t> Number(PgConnection& connection, absl::string_view sql) {
  ASSIGN_OR_RETURN(PgStatement statement, connection.Prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row && !statement.IsNull(0) ? statement.Int64(0) : 0;
}

// The version, or why the database must be left alone.
absl::StatusOr<int64_t> VersionOf(PgConnection& connection, int64_t newest) {
  ASSIGN_OR_RETURN(const int64_t ours,
                   Number(connection,
                          "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname "
                          "= current_schema() AND tablename = 'clearway_schema'"));
  if (ours == 0) {
    ASSIGN_OR_RETURN(const int64_t others, Number(connection,
                                                  "SELECT count(*) FROM pg_catalog.pg_tables WHERE "
                                                  "schemaname = current_schema()"));
    if (others == 0) return 0;
    return absl::FailedPreconditionError(
        "the database belongs to another program; give Clearway one of its own");
  }
  ASSIGN_OR_RETURN(const int64_t version,
                   Number(connection, "SELECT max(version) FROM clearway_schema"));
  if (version > newest) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the database has schema version ", version, ", this program knows up to ", newest,
        "; start the newer clearwayd that wrote it, or restore a backup taken before the upgrade"));
  }
  return version;
}

absl::Status Apply(PgConnection& connection, const PostgresMigration& migration, int64_t version) {
  const absl::Status applied = connection.Execute(absl::StrCat(
      "CREATE TABLE IF NOT EXISTS clearway_schema (version bigint PRIMARY KEY, name text NOT NULL, "
      "apply_time timestamptz NOT NULL DEFAULT now());",
      migration.sql, ";INSERT INTO clearway_schema (version, name) VALUES (", version, ", '",
      migration.name, "');COMMIT"));
  if (applied.ok()) return applied;
  return {applied.code(), absl::StrCat("migration ", migration.name, ": ", applied.message())};
}

}  // namespace

std::vector<PostgresMigration> PostgresSchema() {
  return {{"0001_initial", embedded::postgres_schema_0001()},
          {"0002_roots", embedded::postgres_schema_0002()},
          {"0003_next_step", embedded::postgres_schema_0003()},
          {"0004_raw_events_and_erasures", embedded::postgres_schema_0004()},
          {"0005_size", embedded::postgres_schema_0005()},
          {"0006_messages_and_outcomes", embedded::postgres_schema_0006()},
          {"0007_reports", embedded::postgres_schema_0007()},
          {"0008_older_and_deleted_tickets", embedded::postgres_schema_0008()},
          {"0009_vacuum", embedded::postgres_schema_0009()}};
}

absl::Status MigratePostgres(PgConnection& connection,
                             const std::vector<PostgresMigration>& schema) {
  const auto newest = static_cast<int64_t>(schema.size());
  RETURN_IF_ERROR(connection.Open());
  for (;;) {
    // Rest rolls back what a failure left open. A step that fills a large table may take long, but
    // it must not queue for long before a table that others use: they would queue behind it.
    const auto end = absl::MakeCleanup([&] { connection.Rest(); });
    RETURN_IF_ERROR(connection.Execute(
        absl::StrCat("BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(",
                     kMigrationLockClass, ", 0); SET LOCAL lock_timeout = '10s'")));
    ASSIGN_OR_RETURN(const int64_t version, VersionOf(connection, newest));
    if (version == newest) return absl::OkStatus();
    RETURN_IF_ERROR(Apply(connection, schema[static_cast<size_t>(version)], version + 1));
  }
}

}  // namespace clearway
