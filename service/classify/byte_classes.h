#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace clearway {

// Which of 64 bytes are what, a bit for each from the lowest on. Every byte is a letter, a digit, a
// space or no ASCII, or else a mark.
struct ByteClasses {
  static constexpr size_t kBytes = 64;

  uint64_t letters = 0;
  uint64_t digits = 0;
  // White space, control characters and the underscore.
  uint64_t spaces = 0;
  uint64_t newlines = 0;
  // Marks that end a sentence where white space follows.
  uint64_t stops = 0;
  uint64_t apostrophes = 0;
  uint64_t not_ascii = 0;

  // Of the 64 bytes from `bytes` on. Without a branch, which mixed text would have guessed wrongly.
  static ByteClasses Of(const uint8_t* bytes) {
    ByteClasses classes;
    for (size_t at = 0; at < kBytes; at += sizeof(Part)) {
      Part part;
      std::memcpy(&part, bytes + at, sizeof part);
      const Part lower = part | uint8_t{0x20};
      const auto add = [at](Truth truth, uint64_t* bits) { *bits |= BitsOf(truth) << at; };
      add(lower - uint8_t{'a'} < uint8_t{26}, &classes.letters);
      add(part - uint8_t{'0'} < uint8_t{10}, &classes.digits);
      add((part <= uint8_t{' '}) | (lower == uint8_t{'_' | 0x20}), &classes.spaces);
      add(part == uint8_t{'\n'}, &classes.newlines);
      add((part == uint8_t{'.'}) | (part == uint8_t{'!'}) | (part == uint8_t{'?'}) |
              (part == uint8_t{';'}),
          &classes.stops);
      add(part == uint8_t{'\''}, &classes.apostrophes);
      add(part >= uint8_t{0x80}, &classes.not_ascii);
    }
    return classes;
  }

 private:
  // GCC's and clang's vector types: one operation on all bytes.
  using Part = uint8_t __attribute__((vector_size(16)));
  // All ones where something is so.
  using Truth = decltype(Part() == Part());

  static uint64_t BitsOf(Truth truth) {
#if defined(__SSE2__)
    return static_cast<uint16_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(truth)));
#else
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof truth; ++i) bits |= uint64_t{truth[i] & 1U} << i;
    return bits;
#endif
  }
};

}  // namespace clearway
