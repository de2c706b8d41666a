#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/store/postgres/connection.h"
#include "service/store/sql_columns.h"

namespace clearway {

// The rows of a query, one by one as the server finds them: neither it nor this holds them all, as
// both would for a statement's, and the server makes no copy of them, as it does for a cursor's.
//
//   ASSIGN_OR_RETURN(PgCopy copy, PgCopy::Begin(connection, "SELECT …"));
//   ASSIGN_OR_RETURN(const bool found, copy.Step());
//   if (found) … copy.Text(0) …
class PgCopy final : public SqlColumns {
 public:
  // `select` has no parameters: see PgTextLiteral and its like. The connection must outlive this.
  static absl::StatusOr<PgCopy> Begin(PgConnection& connection, const std::string& select);
  PgCopy(PgCopy&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)),
        row_(std::move(other.row_)),
        columns_(std::move(other.columns_)),
        first_(other.first_) {}
  PgCopy& operator=(PgCopy&&) = delete;
  // Rows that were not taken cost the connection.
  ~PgCopy() override;

  // True: there is a row to read.
  absl::StatusOr<bool> Step();

  int64_t Int64(int column) const override;
  double Double(int column) const override;
  bool IsNull(int column) const override;
  absl::string_view View(int column) const override;

 private:
  struct Column {
    bool null = false;
    absl::string_view bytes;
  };
  explicit PgCopy(PgConnection& connection) : connection_(&connection) {}
  // Takes the row apart.
  absl::Status Read(absl::string_view row);

  // nullptr: it is over.
  PgConnection* connection_;
  PgConnection::CopiedRow row_;
  std::vector<Column> columns_;
  bool first_ = true;
};

// Values as they are written into a text, whatever they hold.
std::string PgTextLiteral(absl::string_view value);
std::string PgBytesLiteral(absl::string_view value);
std::string PgNumberLiteral(int64_t value);

}  // namespace clearway
