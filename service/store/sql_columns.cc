#include "service/store/sql_columns.h"

#include <limits>

namespace clearway {

absl::Time SqlRow::Time() {
  const int64_t micros = Int64();
  // What ToUnixMicros makes of the infinite ones.
  if (micros == std::numeric_limits<int64_t>::min()) return absl::InfinitePast();
  if (micros == std::numeric_limits<int64_t>::max()) return absl::InfiniteFuture();
  return absl::FromUnixMicros(micros);
}

std::optional<absl::Time> SqlRow::OptionalTime() {
  if (!columns_.IsNull(column_)) return Time();
  ++column_;
  return std::nullopt;
}

std::optional<int64_t> SqlRow::OptionalInt64() {
  if (!columns_.IsNull(column_)) return Int64();
  ++column_;
  return std::nullopt;
}

std::optional<absl::string_view> SqlRow::OptionalView() {
  if (!columns_.IsNull(column_)) return View();
  ++column_;
  return std::nullopt;
}

absl::Status SqlRow::status() const {
  if (!damaged_) return absl::OkStatus();
  return absl::DataLossError(
      "a row holds a value unknown to this version; it is damaged or a newer clearwayd wrote it. "
      "Restore the database from a backup or start the newer version");
}

}  // namespace clearway
