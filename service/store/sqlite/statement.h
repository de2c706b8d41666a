#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/store/sql_columns.h"
#include "service/store/sqlite/handles.h"

namespace clearway {

// One use of a prepared statement: bind, step, read. Rewinds it when it goes, so that it holds no
// lock and the next use starts clean.
//
//   statement.Bind(tenant, id);
//   ASSIGN_OR_RETURN(const bool found, statement.Step());
//   if (found) … statement.Text(0) …
class SqliteStatement final : public SqlColumns {
 public:
  // Borrows a statement that is kept for the next use.
  explicit SqliteStatement(sqlite3_stmt* kept) : statement_(kept) {}
  // Owns one that is used once.
  explicit SqliteStatement(sqlite3_stmt_ptr once)
      : statement_(once.get()), owned_(std::move(once)) {}
  SqliteStatement(SqliteStatement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)),
        owned_(std::move(other.owned_)),
        bound_(other.bound_),
        bind_code_(other.bind_code_) {}
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement() override;

  // Binds the next parameters in their order. Texts that are lvalues are not copied and must stay
  // until the statement was stepped to its end; temporaries are. A fault is kept and comes out of
  // Step.
  template <typename... Values>
  void Bind(Values&&... values) {
    (BindOne(std::forward<Values>(values)), ...);
  }

  // True: there is a row to read.
  absl::StatusOr<bool> Step();
  // Steps to the end, past any rows.
  absl::Status Run();

  int64_t Int64(int column) const override;
  double Double(int column) const override;
  bool IsNull(int column) const override;
  absl::string_view View(int column) const override;

 private:
  void BindOne(int64_t value);
  void BindOne(int value) { BindOne(static_cast<int64_t>(value)); }
  void BindOne(double value);
  void BindOne(const std::string& value) { BindText(value, SQLITE_STATIC); }
  void BindOne(std::string&& value) { BindText(value, SQLITE_TRANSIENT); }
  void BindOne(absl::string_view value) { BindText(value, SQLITE_TRANSIENT); }
  void BindText(absl::string_view value, sqlite3_destructor_type lifetime);
  void BindOne(SqlBlob value);
  void BindOne(absl::Time value) { BindOne(absl::ToUnixMicros(value)); }
  template <typename T>
  void BindOne(const std::optional<T>& value) {
    static_assert(!std::is_same_v<T, std::string>, "say whether it stays: bind a text or NULL");
    value.has_value() ? BindOne(*value) : BindNull();
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void BindOne(Enum value) { BindOne(static_cast<int64_t>(value)); }
  void BindNull();
  void Keep(int code);

  sqlite3_stmt* statement_;
  sqlite3_stmt_ptr owned_;
  int bound_ = 0;
  int bind_code_ = SQLITE_OK;
};

}  // namespace clearway
