#include "service/store/sqlite/statement.h"

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/sqlite/sqlite_status.h"

namespace clearway {

SqliteStatement::~SqliteStatement() {
  if (statement_ == nullptr || owned_ != nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

absl::StatusOr<bool> SqliteStatement::Step() {
  sqlite3* db = sqlite3_db_handle(statement_);
  if (bind_code_ != SQLITE_OK) return SqliteError(db, bind_code_, "bind a parameter");
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const bool reads = sqlite3_stmt_readonly(statement_) != 0;
  absl::Status status = SqliteError(db, code, reads ? "read" : "write");
  // A fault that only a developer can mend; the others reach people who know nothing of tables.
  if (!absl::IsInternal(status)) return status;
  return absl::InternalError(
      absl::StrCat(status.message(), " in \"", sqlite3_sql(statement_), "\""));
}

absl::Status SqliteStatement::Run() {
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

int64_t SqliteStatement::Int64(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double SqliteStatement::Double(int column) const {
  return sqlite3_column_double(statement_, column);
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

absl::string_view SqliteStatement::View(int column) const {
  // Of a text in UTF-8 the blob is the same bytes, without looking for an end.
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

void SqliteStatement::BindOne(int64_t value) {
  Keep(sqlite3_bind_int64(statement_, ++bound_, value));
}

void SqliteStatement::BindOne(double value) {
  Keep(sqlite3_bind_double(statement_, ++bound_, value));
}

void SqliteStatement::BindText(absl::string_view value, sqlite3_destructor_type lifetime) {
  // An empty view may point nowhere, which SQLite would read as NULL.
  const char* data = value.empty() ? "" : value.data();
  Keep(sqlite3_bind_text64(statement_, ++bound_, data, value.size(), lifetime, SQLITE_UTF8));
}

void SqliteStatement::BindOne(SqlBlob value) {
  const char* data = value.bytes.empty() ? "" : value.bytes.data();
  Keep(sqlite3_bind_blob64(statement_, ++bound_, data, value.bytes.size(), SQLITE_STATIC));
}

void SqliteStatement::BindNull() { Keep(sqlite3_bind_null(statement_, ++bound_)); }

void SqliteStatement::Keep(int code) {
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

}  // namespace clearway
