#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "service/classify/byte_classes.h"

namespace clearway {

// A few bytes with zeros behind them, so that whole blocks can be read from any of them on.
class ByteTail {
 public:
  // `size` is 1 to ByteClasses::kBytes.
  void Read(const uint8_t* from, size_t size) {
    // What a library or compiler does for any size takes longer than the rest of a short text.
#pragma GCC unroll 8
    for (size_t at = 0; at < bytes_.size(); at += 16) std::memset(&bytes_[at], 0, 16);
    if (size == ByteClasses::kBytes) {
      std::memcpy(bytes_.data(), from, ByteClasses::kBytes);
    } else if (size >= 32) {
      CopyEnds<32>(from, size);
    } else if (size >= 16) {
      CopyEnds<16>(from, size);
    } else if (size >= 8) {
      CopyEnds<8>(from, size);
    } else {
      for (size_t at = 0; at < size; ++at) bytes_[at] = from[at];
    }
  }

  const uint8_t* bytes() const { return bytes_.data(); }

 private:
  // The first and the last kSize bytes, which meet or overlap.
  template <size_t kSize>
  void CopyEnds(const uint8_t* from, size_t size) {
    std::memcpy(bytes_.data(), from, kSize);
    std::memcpy(bytes_.data() + size - kSize, from + size - kSize, kSize);
  }

  std::array<uint8_t, 2 * ByteClasses::kBytes> bytes_;
};

}  // namespace clearway
