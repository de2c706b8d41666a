#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "absl/strings/string_view.h"

#include "service/classify/byte_classes.h"

namespace clearway {

// Mixes two hashes into one; not symmetric. The halves of one long product, as wyhash has it.
constexpr uint64_t MixHash(uint64_t a, uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{a ^ 0x9e3779b97f4a7c15} * (b ^ 0xd6e8feb86659fd93);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Joins the hash of what follows to the hash of what stands before it; not symmetric. Cheaper, for
// hashes that were mixed already or are multiples of one odd number ("multiplicative hashing",
// Knuth, The Art of Computer Programming, vol. 3, 6.4).
constexpr uint64_t JoinHashes(uint64_t a, uint64_t b) { return a * 0x9e3779b97f4a7c15 + b; }

// A word, a number, a single ideograph, or a mark of punctuation.
struct Token {
  enum class Kind : uint8_t { kWord, kNumber, kIdeograph, kMark };

  // Of the folded form: lower case, every number alike, full-width as ASCII, Traditional ideographs
  // as Simplified ones.
  uint64_t hash = 0;
  // The first four letters of a longer word, which English inflection leaves alone; else 0.
  uint64_t stem = 0;
  // Bytes [begin, end) of the text.
  uint32_t begin = 0;
  uint32_t end = 0;
  Kind kind = Kind::kMark;
  // Starts with a capital.
  bool capital = false;

  // 0 where there is no stem.
  uint64_t StemHash() const {
    constexpr uint64_t kStem = 0x51;
    return stem == 0 ? 0 : MixHash(stem, kStem);
  }
};

// What the bytes of a text are throughout.
enum class Encoding : uint8_t { kAscii, kUtf8, kNeither };

// What the tokenizer notices of a text besides.
struct TextTraits {
  Encoding encoding = Encoding::kAscii;
  bool has_newline = false;
};

// Cuts text into tokens. Takes any bytes: what is no UTF-8 separates words like white space does.
// Immutable, so thread-safe.
class Tokenizer {
 public:
  Tokenizer();

  // Appends the tokens of `text`, which must be shorter than 2 GiB, and for each sentence or line
  // how many tokens there are up to its end.
  TextTraits Tokenize(absl::string_view text, std::pmr::vector<Token>* tokens,
                      std::pmr::vector<uint32_t>* sentence_ends) const;

 private:
  class Run;

  int32_t Fold(int32_t code_point) const;

  const ByteClasses::Reader classes_of_;
  // Of common ideographs, by number from U+4E00 on: the Simplified form.
  std::vector<uint16_t> simplified_;
  // The same, a bit for each: whether that is another one, which few are.
  std::vector<uint64_t> is_traditional_;
};

}  // namespace clearway
