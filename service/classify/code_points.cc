#include "service/classify/code_points.h"

#include <unicode/utf8.h>

#include <cstdint>
#include <cstring>

namespace clearway {

size_t CountCodePoints(absl::string_view text) {
  constexpr uint64_t kNotAscii = 0x8080808080808080;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  size_t count = 0;
  for (size_t next = 0; next < text.size();) {
    // Most texts are ASCII for long stretches.
    uint64_t stride = 0;
    if (text.size() - next >= sizeof stride) {
      std::memcpy(&stride, bytes + next, sizeof stride);
      if ((stride & kNotAscii) == 0) {
        next += sizeof stride;
        count += sizeof stride;
        continue;
      }
    }
    const size_t begin = next;
    UChar32 c = 0;
    U8_NEXT(bytes, next, text.size(), c);
    // Of a broken sequence ICU passes over several bytes at once.
    count += c < 0 ? next - begin : 1;
  }
  return count;
}

size_t CountUtf8CodePoints(absl::string_view text) {
  // Bytes 10xxxxxx continue a character; every other one begins one.
  const auto continuing = [](uint64_t stride) {
    const uint64_t continues = (stride & ~(stride << 1)) >> 7 & 0x0101010101010101;
    // The uppermost byte of the product is the sum of all.
    return continues * 0x0101010101010101 >> 56;
  };
  size_t count = text.size();
  size_t next = 0;
  uint64_t stride = 0;
  for (; text.size() - next >= sizeof stride; next += sizeof stride) {
    std::memcpy(&stride, text.data() + next, sizeof stride);
    count -= continuing(stride);
  }
  if (next > 0) {
    // The rest with what is before it, which is shifted out: in halves, for it may be all.
    std::memcpy(&stride, text.data() + text.size() - sizeof stride, sizeof stride);
    const size_t half = 4 * (sizeof stride - (text.size() - next));
    return count - continuing(stride >> half >> half);
  }
  for (; next < text.size(); ++next) {
    count -= (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80 ? 1 : 0;
  }
  return count;
}

}  // namespace clearway
