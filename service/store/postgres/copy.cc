#include "service/store/postgres/copy.h"

#include <endian.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/postgres/wire.h"

namespace clearway {
namespace {

// What stands before the first row: a signature, flags, and the size of what else does.
constexpr absl::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr size_t kNumber = sizeof(int32_t);
constexpr size_t kCount = sizeof(int16_t);
constexpr int64_t kNoMoreRows = -1;
constexpr int32_t kNull = -1;

// Takes bytes off the front; fewer where there are not as many.
absl::string_view Take(size_t size, absl::string_view* rest) {
  const absl::string_view taken = rest->substr(0, size);
  rest->remove_prefix(taken.size());
  return taken;
}

absl::Status Garbled() {
  return absl::InternalError("PostgreSQL's copy is not in the format that it should be in");
}

}  // namespace

absl::StatusOr<PgCopy> PgCopy::Begin(PgConnection& connection, const std::string& select) {
  RETURN_IF_ERROR(connection.BeginCopy(select));
  return PgCopy(connection);
}

PgCopy::~PgCopy() {
  if (connection_ != nullptr) connection_->GiveUpCopy();
}

absl::StatusOr<bool> PgCopy::Step() {
  if (connection_ == nullptr) return false;
  for (;;) {
    absl::StatusOr<PgConnection::CopiedRow> next = connection_->NextCopied();
    if (!next.ok() || next->bytes == nullptr) {
      connection_ = nullptr;
      if (!next.ok()) return next.status();
      return false;
    }
    row_ = *std::move(next);
    absl::string_view row(row_.bytes.get(), row_.size);
    if (std::exchange(first_, false)) {
      if (Take(kSignature.size(), &row) != kSignature) return Garbled();
      Take(kNumber, &row);
      Take(static_cast<size_t>(FromBigEndian(Take(kNumber, &row))), &row);
    }
    const absl::string_view count = Take(kCount, &row);
    if (count.size() != kCount) return Garbled();
    if (PgNumber(count) == kNoMoreRows) continue;
    columns_.resize(static_cast<size_t>(FromBigEndian(count)));
    RETURN_IF_ERROR(Read(row));
    return true;
  }
}

absl::Status PgCopy::Read(absl::string_view row) {
  for (Column& column : columns_) {
    if (row.size() < kNumber) return Garbled();
    const auto size = static_cast<int32_t>(be32toh(LoadAs<uint32_t>(row)));
    row.remove_prefix(kNumber);
    column.null = size == kNull;
    const size_t wanted = column.null ? 0 : static_cast<uint32_t>(size);
    if (wanted > row.size()) return Garbled();
    column.bytes = row.substr(0, wanted);
    row.remove_prefix(wanted);
  }
  return absl::OkStatus();
}

int64_t PgCopy::Int64(int column) const { return PgNumber(View(column)); }

double PgCopy::Double(int column) const { return PgDouble(View(column)); }

bool PgCopy::IsNull(int column) const { return columns_[static_cast<size_t>(column)].null; }

absl::string_view PgCopy::View(int column) const {
  return columns_[static_cast<size_t>(column)].bytes;
}

std::string PgTextLiteral(absl::string_view value) {
  return absl::StrCat("convert_from(", PgBytesLiteral(value), ", 'UTF8')");
}

// In hexadecimal digits there is nothing to escape.
std::string PgBytesLiteral(absl::string_view value) {
  return absl::StrCat("decode('", absl::BytesToHexString(value), "', 'hex')");
}

// As a text of its own: the lowest number is no bigint where its sign stands before it.
std::string PgNumberLiteral(int64_t value) { return absl::StrCat("bigint '", value, "'"); }

}  // namespace clearway
