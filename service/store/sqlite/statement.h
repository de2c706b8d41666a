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

#include "service/store/sqlite/handles.h"

namespace clearway {

// Bytes for a BLOB; must outlive the statement they are bound to.
struct SqliteBlob {
  absl::string_view bytes;
};

// One use of a prepared statement: bind, step, read. Rewinds it when it goes, so that it holds no
// lock and the next use starts clean.
//
//   statement.Bind(tenant, id);
//   ASSIGN_OR_RETURN(const bool found, statement.Step());
//   if (found) … statement.Text(0) …
class SqliteStatement {
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
  ~SqliteStatement();

  // Binds the next parameters in their order. A fault is kept and comes out of Step.
  template <typename... Values>
  void Bind(const Values&... values) {
    (BindOne(values), ...);
  }

  // True: there is a row to read.
  absl::StatusOr<bool> Step();
  // Steps to the end, past any rows.
  absl::Status Run();

  // Columns of the present row, from 0.
  int64_t Int64(int column) const;
  double Double(int column) const;
  bool IsNull(int column) const;
  // Text or BLOB; valid until the next step.
  absl::string_view View(int column) const;
  std::string Text(int column) const { return std::string(View(column)); }

 private:
  void BindOne(int64_t value);
  void BindOne(int value) { BindOne(static_cast<int64_t>(value)); }
  void BindOne(double value);
  // Copied: so that a temporary may be bound.
  void BindOne(absl::string_view value);
  void BindOne(const std::string& value) { BindOne(absl::string_view(value)); }
  void BindOne(SqliteBlob value);
  void BindOne(absl::Time value) { BindOne(absl::ToUnixMicros(value)); }
  template <typename T>
  void BindOne(const std::optional<T>& value) {
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

// Reads the columns of a row one after the other, so that a column list and its reader are in step.
class SqliteRow {
 public:
  explicit SqliteRow(const SqliteStatement& statement) : statement_(statement) {}

  int64_t Int64() { return statement_.Int64(column_++); }
  int Int() { return static_cast<int>(Int64()); }
  double Double() { return statement_.Double(column_++); }
  std::string Text() { return statement_.Text(column_++); }
  absl::string_view View() { return statement_.View(column_++); }
  absl::Time Time();
  std::optional<absl::Time> OptionalTime();
  std::optional<int64_t> OptionalInt64();
  std::optional<absl::string_view> OptionalView();
  // 0 and a fault where the number is outside [0, count).
  template <typename Enum>
  Enum EnumBelow(int count) {
    const int64_t number = Int64();
    if (number >= 0 && number < count) return static_cast<Enum>(number);
    damaged_ = true;
    return static_cast<Enum>(0);
  }

  // DATA_LOSS when something read so far was none of ours.
  absl::Status status() const;

 private:
  const SqliteStatement& statement_;
  int column_ = 0;
  bool damaged_ = false;
};

}  // namespace clearway
