#pragma once

#include <unicode/uchar.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "service/classify/tokenizer.h"

// What the tokenizer knows of single characters.
namespace clearway {

inline constexpr int32_t kFirstIdeograph = 0x4e00;
inline constexpr int32_t kLastIdeograph = 0x9fff;
// Hashes of characters are multiples of it.
inline constexpr uint64_t kCharacterFactor = 0xd6e8feb86659fd93;
inline constexpr uint64_t kNumberHash = 0x9ae16a3b2f90404f;

// Scripts written without spaces: every character is a token of its own.
inline bool IsIdeograph(int32_t c) {
  return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0x20000 && c <= 0x3ffff);
}

constexpr bool IsAsciiLetter(int32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

inline bool IsLetter(int32_t c) {
  if (c < 0x80) return IsAsciiLetter(c);
  return u_isalpha(c) != 0 && !IsIdeograph(c);
}

inline bool IsSpace(int32_t c) { return u_isUWhiteSpace(c) != 0 || u_charType(c) == U_FORMAT_CHAR; }

inline bool IsLineEnd(int32_t c) { return c == 0x85 || c == 0x2028 || c == 0x2029; }

// What stands at a byte where the tokenizer looks. Those of ASCII tokens are their kinds.
enum class Look : uint8_t {
  kLetter = static_cast<uint8_t>(Token::Kind::kWord),
  kDigit = static_cast<uint8_t>(Token::Kind::kNumber),
  kMark = static_cast<uint8_t>(Token::Kind::kMark),
  kSpace,
  kNotAscii
};

constexpr Look LookOf(int32_t c) {
  if (c >= 0x80) return Look::kNotAscii;
  if (c <= ' ' || c == '_' || c == 0x7f) return Look::kSpace;
  if (IsAsciiLetter(c)) return Look::kLetter;
  return c >= '0' && c <= '9' ? Look::kDigit : Look::kMark;
}

constexpr uint64_t CharacterHash(uint32_t c) { return c * kCharacterFactor; }

// By the byte that a token begins with.
inline constexpr size_t kAscii = 128;
inline constexpr std::array<Token::Kind, kAscii> kKinds = [] {
  std::array<Token::Kind, kAscii> kinds{};
  for (int32_t c = 0; c < int32_t{kAscii}; ++c) {
    kinds[static_cast<size_t>(c)] = static_cast<Token::Kind>(LookOf(c));
  }
  return kinds;
}();
// 0 for words, whose letters are hashed.
inline constexpr std::array<uint64_t, kAscii> kHashes = [] {
  std::array<uint64_t, kAscii> hashes{};
  for (int32_t c = 0; c < int32_t{kAscii}; ++c) {
    uint64_t& hash = hashes[static_cast<size_t>(c)];
    if (LookOf(c) == Look::kDigit) hash = kNumberHash;
    if (LookOf(c) == Look::kMark) hash = CharacterHash(static_cast<uint32_t>(c));
  }
  return hashes;
}();

// Punctuation of Chinese texts, three bytes each.
struct WideMark {
  uint64_t hash = 0;
  // No character's number: there is none.
  uint32_t wide = ~uint32_t{0};
  // Whether a sentence ends with it.
  bool ends = false;
};
// No two marks share one.
constexpr size_t WideMarkIndex(uint32_t c) { return (c & 0x7f) | (c >> 8 & 0x80); }
inline constexpr std::array<WideMark, 256> kWideMarks = [] {
  std::array<WideMark, 256> marks{};
  const auto add = [&marks](uint32_t first, uint32_t last) {
    for (uint32_t c = first; c <= last; ++c) {
      const uint32_t folded = c >= 0xff01 && c <= 0xff5e ? c - 0xff01 + '!' : c;
      if (folded < kAscii && LookOf(static_cast<int32_t>(folded)) != Look::kMark) continue;
      marks[WideMarkIndex(c)] = {CharacterHash(folded), c, false};
    }
  };
  add(0x3001, 0x3003);
  add(0x3008, 0x3011);
  add(0xff01, 0xff5e);
  add(0xff61, 0xff61);
  for (const uint32_t c : {0x3002, 0xff01, 0xff1b, 0xff1f, 0xff61}) {
    marks[WideMarkIndex(c)].ends = true;
  }
  return marks;
}();

}  // namespace clearway
