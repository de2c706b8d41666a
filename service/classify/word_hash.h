#pragma once

#include <unicode/utf8.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "service/classify/tokenizer.h"

// How the tokenizer hashes words: folded letters, eight bytes at a time.
namespace clearway {

inline constexpr uint64_t kWordSeed = 0x51;
// So many letters of a longer word are its stem.
inline constexpr size_t kStemBytes = 4;

// A word of up to so many letters is plain.
inline constexpr size_t kPlainLetters = sizeof(uint64_t);

// By how many letters such a word has: where, in eight bytes, they stand, and where its stem does,
// if it has one.
struct WordShape {
  uint64_t letters = 0;
  uint64_t stem = 0;
};
inline constexpr std::array<WordShape, kPlainLetters + 1> kShapes = [] {
  std::array<WordShape, kPlainLetters + 1> shapes{};
  for (uint32_t length = 1; length <= kPlainLetters; ++length) {
    WordShape& shape = shapes[length];
    shape.letters = ~uint64_t{0} >> (8 * (kPlainLetters - length));
    if (length > kStemBytes) shape.stem = 0xffffffff;
  }
  return shapes;
}();

// The first letters of eight bytes in lower case, zeros in place of the others.
inline uint64_t Folded(uint64_t bytes, size_t letters) {
  return (bytes | 0x2020202020202020) & kShapes[letters].letters;
}

// Hashes folded letters that come one by one.
class Spelling {
 public:
  void Add(int32_t c) {
    uint8_t utf8[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(utf8, length, c);
    for (int32_t i = 0; i < length; ++i) {
      chunk_ |= uint64_t{utf8[i]} << (8 * filled_);
      if (letters_ < kStemBytes && stem_bytes_ < sizeof stem_) {
        stem_ |= uint64_t{utf8[i]} << (8 * stem_bytes_++);
      }
      if (++filled_ == sizeof chunk_) Flush();
    }
    ++letters_;
  }
  uint64_t Hash() {
    if (filled_ > 0) Flush();
    return hash_;
  }
  uint64_t Stem() const { return letters_ > kStemBytes ? stem_ : 0; }

 private:
  void Flush() {
    hash_ = MixHash(hash_, chunk_);
    chunk_ = 0;
    filled_ = 0;
  }

  uint64_t hash_ = kWordSeed;
  uint64_t chunk_ = 0;
  uint64_t stem_ = 0;
  size_t filled_ = 0;
  size_t stem_bytes_ = 0;
  size_t letters_ = 0;
};

}  // namespace clearway
