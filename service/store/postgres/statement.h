#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/store/postgres/connection.h"
#include "service/store/sql_columns.h"

namespace clearway {

// An array of bytes, and one of numbers, for unnest.
struct PgBytesArray {
  std::vector<absl::string_view> items;
};
struct PgNumberArray {
  std::vector<int64_t> items;
};

// One use of a statement: bind, then either step through its rows, or queue it and look at it later
// or never.
//
//   statement.Bind(tenant, id);
//   ASSIGN_OR_RETURN(const bool found, statement.Step());
//   if (found) … statement.Text(0) …
class PgStatement final : public SqlColumns {
 public:
  // `connection` must outlive this.
  PgStatement(PgConnection& connection, std::shared_ptr<PgConnection::Prepared> prepared)
      : connection_(&connection), prepared_(std::move(prepared)) {}
  PgStatement(PgStatement&&) noexcept = default;
  PgStatement& operator=(PgStatement&&) noexcept = default;

  // Binds the next parameters in their order; all are copied.
  template <typename... Values>
  void Bind(const Values&... values) {
    (BindOne(values), ...);
  }

  // Adds it to the connection's pipeline without waiting. Its fault comes out of its own Step, or
  // of whatever is waited for next.
  void Queue();
  // True: there is a row to read. Waits for the server the first time.
  absl::StatusOr<bool> Step();
  // Waits for it; its rows are dropped.
  absl::Status Run();
  // Rows that came; after Step or Run.
  int rows() const { return PQntuples(outcome_->result.get()); }
  // Rows written; after Step or Run.
  int64_t changes() const;
  // What was done, as the server says it ("COMMIT"); after Step or Run.
  absl::string_view command() const;

  int64_t Int64(int column) const override;
  double Double(int column) const override;
  bool IsNull(int column) const override;
  absl::string_view View(int column) const override;

 private:
  void BindOne(int64_t value);
  void BindOne(int value) { BindOne(static_cast<int64_t>(value)); }
  void BindOne(double value);
  // The server infers whether it is text or bytes: on the wire they are the same.
  void BindOne(absl::string_view value) { Add(0, std::string(value)); }
  void BindOne(const std::string& value) { Add(0, value); }
  void BindOne(SqlBlob value) { Add(0, std::string(value.bytes)); }
  void BindOne(const PgBytesArray& array);
  void BindOne(const PgNumberArray& array);
  void BindOne(absl::Time value) { BindOne(absl::ToUnixMicros(value)); }
  template <typename T>
  void BindOne(const std::optional<T>& value) {
    if (value.has_value()) {
      BindOne(*value);
    } else {
      // A statement is prepared with the types of its first use, so NULL carries its own too.
      BindOne(T());
      parameters_.back().null = true;
    }
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void BindOne(Enum value) { BindOne(static_cast<int64_t>(value)); }
  void Add(Oid type, std::string bytes);

  PgConnection* connection_;
  std::shared_ptr<PgConnection::Prepared> prepared_;
  std::vector<PgConnection::Parameter> parameters_;
  std::shared_ptr<PgConnection::Outcome> outcome_;
  int row_ = -1;
};

}  // namespace clearway
