#pragma once

#include <endian.h>

#include <bit>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace clearway {

// How values look in the binary format of the wire: the highest byte first.

// The first bytes, as they lie there.
template <typename Number>
Number LoadAs(absl::string_view bytes) {
  Number value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

inline uint64_t FromBigEndian(absl::string_view bytes) {
  // The usual widths at once: a report reads millions.
  if (bytes.size() == sizeof(uint64_t)) return be64toh(LoadAs<uint64_t>(bytes));
  if (bytes.size() == sizeof(uint32_t)) return be32toh(LoadAs<uint32_t>(bytes));
  if (bytes.size() == sizeof(uint16_t)) return be16toh(LoadAs<uint16_t>(bytes));
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

// Of whatever width: a smaller number's sign is carried up.
inline int64_t PgNumber(absl::string_view bytes) {
  const uint64_t value = FromBigEndian(bytes);
  switch (bytes.size()) {
    case sizeof(int16_t):
      return static_cast<int16_t>(value);
    case sizeof(int32_t):
      return static_cast<int32_t>(value);
    default:
      return static_cast<int64_t>(value);
  }
}

inline double PgDouble(absl::string_view bytes) {
  return std::bit_cast<double>(FromBigEndian(bytes));
}

}  // namespace clearway
