#pragma once

#include <cstddef>
#include <cstdint>

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
  static ByteClasses Of(const uint8_t* bytes);

  // What does the same the fastest on this processor.
  using Reader = ByteClasses (*)(const uint8_t* bytes);
  static Reader Fastest();
};

}  // namespace clearway
