#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace clearway {

// Bytes for a column of bytes; must outlive the statement they are bound to.
struct SqlBlob {
  absl::string_view bytes;
};

// The columns of one row, from 0; valid until the next row is asked for.
class SqlColumns {
 public:
  virtual ~SqlColumns() = default;
  virtual int64_t Int64(int column) const = 0;
  virtual double Double(int column) const = 0;
  virtual bool IsNull(int column) const = 0;
  // Text or bytes; empty for NULL.
  virtual absl::string_view View(int column) const = 0;
  std::string Text(int column) const { return std::string(View(column)); }
};

// Reads the columns of a row one after the other, so that a column list and its reader are in step.
class SqlRow {
 public:
  explicit SqlRow(const SqlColumns& columns) : columns_(columns) {}

  int64_t Int64() { return columns_.Int64(column_++); }
  int Int() { return static_cast<int>(Int64()); }
  double Double() { return columns_.Double(column_++); }
  std::string Text() { return columns_.Text(column_++); }
  absl::string_view View() { return columns_.View(column_++); }
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
  const SqlColumns& columns_;
  int column_ = 0;
  bool damaged_ = false;
};

}  // namespace clearway
