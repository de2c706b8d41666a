#include "service/store/postgres/statement.h"

#include <bit>
#include <cstdlib>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/store/postgres/wire.h"

namespace clearway {
namespace {

// pg_type.dat; libpq has no names for them.
constexpr Oid kInt8 = 20;
constexpr Oid kFloat8 = 701;
constexpr Oid kBytes = 17;
constexpr Oid kBytesArray = 1001;
constexpr Oid kInt8Array = 1016;

template <typename Unsigned>
std::string BigEndian(Unsigned value) {
  std::string bytes(sizeof(value), '\0');
  for (size_t i = bytes.size(); i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

std::string BigEndian32(size_t value) { return BigEndian(static_cast<uint32_t>(value)); }

// What stands before the items of an array of one dimension, without NULLs.
std::string ArrayHead(Oid item, size_t size) {
  return absl::StrCat(BigEndian32(size == 0 ? 0 : 1), BigEndian32(0), BigEndian32(item),
                      size == 0 ? "" : absl::StrCat(BigEndian32(size), BigEndian32(1)));
}

}  // namespace

void PgStatement::BindOne(int64_t value) { Add(kInt8, BigEndian(static_cast<uint64_t>(value))); }

void PgStatement::BindOne(double value) { Add(kFloat8, BigEndian(std::bit_cast<uint64_t>(value))); }

void PgStatement::BindOne(const PgBytesArray& array) {
  std::string bytes = ArrayHead(kBytes, array.items.size());
  for (const absl::string_view item : array.items) {
    absl::StrAppend(&bytes, BigEndian32(item.size()), item);
  }
  Add(kBytesArray, std::move(bytes));
}

void PgStatement::BindOne(const PgNumberArray& array) {
  std::string bytes = ArrayHead(kInt8, array.items.size());
  for (const int64_t item : array.items) {
    absl::StrAppend(&bytes, BigEndian32(sizeof(item)), BigEndian(static_cast<uint64_t>(item)));
  }
  Add(kInt8Array, std::move(bytes));
}

void PgStatement::Add(Oid type, std::string bytes) {
  parameters_.push_back({type, false, std::move(bytes)});
}

void PgStatement::Queue() { outcome_ = connection_->Queue(prepared_, parameters_); }

absl::StatusOr<bool> PgStatement::Step() {
  if (outcome_ == nullptr) Queue();
  // What another statement's fault was is in this one's outcome too, if it stood behind it.
  while (!outcome_->known) connection_->Sync().IgnoreError();
  RETURN_IF_ERROR(outcome_->status);
  return ++row_ < PQntuples(outcome_->result.get());
}

absl::Status PgStatement::Run() { return Step().status(); }

int64_t PgStatement::changes() const {
  return std::strtoll(PQcmdTuples(outcome_->result.get()), nullptr, 10);
}

absl::string_view PgStatement::command() const { return PQcmdStatus(outcome_->result.get()); }

int64_t PgStatement::Int64(int column) const { return PgNumber(View(column)); }

double PgStatement::Double(int column) const { return PgDouble(View(column)); }

bool PgStatement::IsNull(int column) const {
  return PQgetisnull(outcome_->result.get(), row_, column) != 0;
}

absl::string_view PgStatement::View(int column) const {
  const PGresult* result = outcome_->result.get();
  return {PQgetvalue(result, row_, column), static_cast<size_t>(PQgetlength(result, row_, column))};
}

}  // namespace clearway
