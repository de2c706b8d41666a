#include "service/classify/tokenizer.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>

namespace clearway {
namespace {

constexpr int32_t kFirstIdeograph = 0x4e00;
constexpr int32_t kLastIdeograph = 0x9fff;
constexpr size_t kStemBytes = 4;
constexpr uint64_t kWordSeed = 0x51;
constexpr uint64_t kCharacterSeed = 0x52;
constexpr uint64_t kNumberHash = 0x9ae16a3b2f90404f;

// Scripts written without spaces: every character is a token of its own.
bool IsIdeograph(int32_t c) {
  return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0x20000 && c <= 0x3ffff);
}

constexpr bool IsAsciiLetter(int32_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

bool IsLetter(int32_t c) {
  if (c < 0x80) return IsAsciiLetter(c);
  return u_isalpha(c) != 0 && !IsIdeograph(c);
}

bool IsSpace(int32_t c) { return u_isUWhiteSpace(c) != 0 || u_charType(c) == U_FORMAT_CHAR; }

bool IsLineEnd(int32_t c) { return c == 0x85 || c == 0x2028 || c == 0x2029; }

enum class Ascii : uint8_t { kSpace, kNewline, kLetter, kDigit, kMark };

constexpr std::array<Ascii, 128> MakeAscii() {
  std::array<Ascii, 128> classes{};
  for (int32_t c = 0; c < 128; ++c) {
    Ascii& ascii = classes[static_cast<size_t>(c)];
    if (c == '\n') {
      ascii = Ascii::kNewline;
    } else if (c <= ' ' || c == '_' || c == 0x7f) {
      ascii = Ascii::kSpace;
    } else if (IsAsciiLetter(c)) {
      ascii = Ascii::kLetter;
    } else if (c >= '0' && c <= '9') {
      ascii = Ascii::kDigit;
    } else {
      ascii = Ascii::kMark;
    }
  }
  return classes;
}

constexpr std::array<Ascii, 128> kAscii = MakeAscii();

// How many of the eight bytes, from the first, are ASCII letters.
size_t LeadingLetters(uint64_t chunk) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x80 * kOnes;
  const uint64_t low = (chunk | 0x20 * kOnes) & ~kHigh;
  // A byte's high bit is set where it is at least 'a', and where it is above 'z'.
  const uint64_t from_a = low + (0x80 - 'a') * kOnes;
  const uint64_t above_z = low + (0x80 - 'z' - 1) * kOnes;
  const uint64_t others = (~(from_a & ~above_z) | chunk) & kHigh;
  return static_cast<size_t>(std::countr_zero(others)) / 8;
}

constexpr std::array<uint64_t, 9> kFirstBytes = {0,
                                                 0xff,
                                                 0xffff,
                                                 0xffffff,
                                                 0xffffffff,
                                                 0xffffffffff,
                                                 0xffffffffffff,
                                                 0xffffffffffffff,
                                                 0xffffffffffffffff};

}  // namespace

// One text on its way through.
class Tokenizer::Run {
 public:
  Run(const Tokenizer& tokenizer, absl::string_view text, std::pmr::vector<Token>* tokens,
      std::pmr::vector<uint32_t>* sentence_ends)
      : tokenizer_(tokenizer),
        bytes_(reinterpret_cast<const uint8_t*>(text.data())),
        size_(text.size()),
        tokens_(tokens),
        sentence_ends_(sentence_ends),
        sentence_begin_(tokens->size()) {
    if (size_ >= sizeof(uint64_t)) {
      last_load_ = size_ - sizeof(uint64_t);
    } else {
      std::copy_n(bytes_, size_, short_text_.begin());
      bytes_ = short_text_.data();
    }
  }

  // Whether all of it was UTF-8.
  bool Go() {
    while (next_ < size_) {
      const uint8_t c = bytes_[next_];
      if (IsAsciiLetter(c)) {
        TakeWord();
      } else if (c >= 0x80) {
        if (!TakeIdeograph()) TakeCharacter();
      } else {
        TakeAscii(c);
      }
    }
    EndSentence();
    return well_formed_;
  }

 private:
  // No letter.
  void TakeAscii(uint8_t c) {
    switch (kAscii[c]) {
      case Ascii::kDigit:
        TakeNumber();
        break;
      case Ascii::kMark:
        TakeMark(c);
        break;
      case Ascii::kNewline:
        ++next_;
        EndSentence();
        break;
      default:
        ++next_;
        AfterSpace();
    }
  }

  // Bytes [at, at + 8) of the text, zeros beyond its end; `at` is within it.
  uint64_t Load(size_t at) const {
    const size_t from = std::min(at, last_load_);
    uint64_t chunk = 0;
    std::memcpy(&chunk, bytes_ + from, sizeof chunk);
    return chunk >> (8 * (at - from));
  }

  Token& Push(Token::Kind kind, size_t begin, uint64_t hash) {
    return tokens_->emplace_back(Token{.hash = hash,
                                       .begin = static_cast<uint32_t>(begin),
                                       .end = static_cast<uint32_t>(next_),
                                       .kind = kind});
  }

  void EndSentence() {
    if (tokens_->size() == sentence_begin_) return;
    sentence_begin_ = tokens_->size();
    sentence_ends_->push_back(static_cast<uint32_t>(sentence_begin_));
  }

  // "v1.2" and "e.g.x" go on; a full stop ends a sentence where white space follows.
  void AfterSpace() {
    if (tokens_->size() == sentence_begin_) return;
    const Token& last = tokens_->back();
    if (last.kind == Token::Kind::kMark && IsStop(bytes_[last.begin])) EndSentence();
  }

  static bool IsStop(uint8_t mark) {
    return mark == '.' || mark == '!' || mark == '?' || mark == ';';
  }

  void TakeMark(uint8_t c) {
    ++next_;
    Push(Token::Kind::kMark, next_ - 1, MixHash(c, kCharacterSeed));
    // Most marks have a space behind them.
    if (next_ == size_ || bytes_[next_] != ' ') return;
    ++next_;
    if (IsStop(c)) EndSentence();
  }

  void TakeNumber() {
    const size_t begin = next_;
    while (next_ < size_ && IsDigit(bytes_[next_])) ++next_;
    // Full-width digits go on with the number.
    for (int32_t c = Peek(); c >= 0x80 && IsDigit(tokenizer_.Fold(c)); c = Peek()) Skip();
    Push(Token::Kind::kNumber, begin, kNumberHash);
  }

  // Most words are plain letters, eight at a time; others are spelt out.
  void TakeWord() {
    constexpr uint64_t kLower = 0x2020202020202020;
    const size_t begin = next_;
    uint64_t chunk = Load(begin);
    size_t count = LeadingLetters(chunk);
    uint64_t folded = (chunk | kLower) & kFirstBytes[count];
    const uint64_t capital = ~chunk & 0x20;
    const uint64_t stem = MixHash(folded & kFirstBytes[kStemBytes], kWordSeed);
    const uint64_t is_long = count > kStemBytes ? 1 : 0;
    uint64_t hash = MixHash(kWordSeed, folded);
    next_ += count;
    while (count == sizeof chunk && next_ < size_) {
      chunk = Load(next_);
      count = LeadingLetters(chunk);
      folded = (chunk | kLower) & kFirstBytes[count];
      if (count > 0) hash = MixHash(hash, folded);
      next_ += count;
    }
    // What comes behind the letters; 0 at the end of the text.
    const uint64_t behind = count < sizeof chunk ? chunk >> (8 * count) & 0xff : 0;
    if ((behind == '\'' || behind >= 0x80) && Continues()) {
      next_ = begin;
      SpellWord(capital != 0);
      return;
    }
    tokens_->emplace_back(Token{.hash = hash,
                                .stem = stem & (0 - is_long),
                                .begin = static_cast<uint32_t>(begin),
                                .end = static_cast<uint32_t>(next_),
                                .ending = Ending(begin),
                                .kind = Token::Kind::kWord,
                                .capital = capital != 0});
    // Behind a word a space says nothing.
    next_ += behind == ' ' ? 1 : 0;
  }

  // Of the word from `begin` up to `next_`.
  uint32_t Ending(size_t begin) const {
    uint32_t letters = 0;
    const size_t last = std::max(next_, sizeof letters) - sizeof letters;
    std::memcpy(&letters, bytes_ + last, sizeof letters);
    const uint32_t is_long = next_ - begin >= sizeof letters ? 1 : 0;
    return (letters >> 8 | 0x202020) & (0 - is_long);
  }

  // Whether the word goes on after a character that is no plain letter: "isn't", "naïve".
  bool Continues() const {
    int32_t at = static_cast<int32_t>(next_);
    const int32_t c = Decode(&at);
    if (c != '\'') return IsLetter(c);
    return at < static_cast<int32_t>(size_) && IsLetter(Decode(&at));
  }

  // Letter by letter; `next_` stands at the first.
  void SpellWord(bool capital) {
    const size_t begin = next_;
    Spelling spelling;
    for (;;) {
      int32_t at = static_cast<int32_t>(next_);
      if (next_ == size_) break;
      const int32_t c = Decode(&at);
      if (c == '\'') {
        if (!Continues()) break;
      } else if (!IsLetter(c)) {
        break;
      }
      spelling.Add(c);
      next_ = static_cast<size_t>(at);
    }
    Token& token = Push(Token::Kind::kWord, begin, spelling.Hash());
    token.capital = capital;
    token.ending = Ending(begin);
    token.stem = spelling.Stem();
  }

  // The common ideographs, which are three bytes each and fill Chinese texts.
  bool TakeIdeograph() {
    if (size_ - next_ < 3) return false;
    const int32_t lead = bytes_[next_];
    const int32_t second = bytes_[next_ + 1];
    const int32_t third = bytes_[next_ + 2];
    const int32_t c = (lead & 0xf) << 12 | (second & 0x3f) << 6 | (third & 0x3f);
    const bool well_formed = lead >> 4 == 0xe && second >> 6 == 2 && third >> 6 == 2;
    if (!well_formed || c < kFirstIdeograph || c > kLastIdeograph) return false;
    next_ += 3;
    const uint64_t folded = tokenizer_.simplified_[static_cast<size_t>(c - kFirstIdeograph)];
    Push(Token::Kind::kIdeograph, next_ - 3, MixHash(folded, kCharacterSeed));
    return true;
  }

  // At a byte that is no ASCII.
  void TakeCharacter() {
    int32_t at = static_cast<int32_t>(next_);
    const size_t begin = next_;
    const int32_t raw = DecodeRaw(&at);
    if (raw < 0) {
      well_formed_ = false;
      next_ = static_cast<size_t>(at);
      return;
    }
    const int32_t c = tokenizer_.Fold(raw);
    if (IsIdeograph(c)) {
      next_ = static_cast<size_t>(at);
      Push(Token::Kind::kIdeograph, begin, MixHash(static_cast<uint64_t>(c), kCharacterSeed));
    } else if (IsLetter(c)) {
      SpellWord(raw != c);
    } else if (IsDigit(c)) {
      next_ = static_cast<size_t>(at);
      while (next_ < size_ && IsDigit(bytes_[next_])) ++next_;
      for (int32_t d = Peek(); d >= 0 && IsDigit(tokenizer_.Fold(d)); d = Peek()) Skip();
      Push(Token::Kind::kNumber, begin, kNumberHash);
    } else if (IsLineEnd(c)) {
      next_ = static_cast<size_t>(at);
      EndSentence();
    } else if (IsSpace(c)) {
      next_ = static_cast<size_t>(at);
      AfterSpace();
    } else {
      next_ = static_cast<size_t>(at);
      Push(Token::Kind::kMark, begin, MixHash(static_cast<uint64_t>(c), kCharacterSeed));
      // Full-width marks need no space after them.
      if (c == 0x3002 || raw == 0xff01 || raw == 0xff1f || raw == 0xff1b || raw == 0xff61) {
        EndSentence();
      }
    }
  }

  static bool IsDigit(int32_t c) { return c >= '0' && c <= '9'; }

  // The character at `*at`, which moves behind it; negative where the bytes are none.
  int32_t DecodeRaw(int32_t* at) const {
    int32_t c = 0;
    const auto size = static_cast<int32_t>(size_);
    U8_NEXT(bytes_, *at, size, c);
    return c;
  }
  int32_t Decode(int32_t* at) const {
    const int32_t c = DecodeRaw(at);
    return c < 0 ? c : tokenizer_.Fold(c);
  }
  // The character that comes next, negative at the end.
  int32_t Peek() const {
    if (next_ >= size_) return -1;
    int32_t at = static_cast<int32_t>(next_);
    return DecodeRaw(&at);
  }
  void Skip() {
    int32_t at = static_cast<int32_t>(next_);
    DecodeRaw(&at);
    next_ = static_cast<size_t>(at);
  }

  // Hashes folded letters one by one as TakeWord does eight at a time.
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
    uint64_t Stem() const { return letters_ > kStemBytes ? MixHash(stem_, kWordSeed) : 0; }

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

  const Tokenizer& tokenizer_;
  const uint8_t* bytes_;
  const size_t size_;
  // Where the last eight bytes begin.
  size_t last_load_ = 0;
  // A copy of a text that has fewer.
  std::array<uint8_t, sizeof(uint64_t)> short_text_{};
  std::pmr::vector<Token>* const tokens_;
  std::pmr::vector<uint32_t>* const sentence_ends_;
  // Number of its first token.
  size_t sentence_begin_;
  size_t next_ = 0;
  bool well_formed_ = true;
};

Tokenizer::Tokenizer() : simplified_(kLastIdeograph - kFirstIdeograph + 1) {
  for (size_t i = 0; i < simplified_.size(); ++i) {
    simplified_[i] = static_cast<uint16_t>(kFirstIdeograph + static_cast<int32_t>(i));
  }
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> to_simplified(
      icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, error));
  // Without ICU's data Traditional text is read as it stands: worse verdicts, but verdicts.
  if (U_FAILURE(error) || to_simplified == nullptr) return;
  for (uint16_t& c : simplified_) {
    icu::UnicodeString text(static_cast<UChar>(c));
    to_simplified->transliterate(text);
    if (text.length() == 1) c = static_cast<uint16_t>(text.charAt(0));
  }
}

int32_t Tokenizer::Fold(int32_t c) const {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  if (c >= kFirstIdeograph && c <= kLastIdeograph) {
    return simplified_[static_cast<size_t>(c - kFirstIdeograph)];
  }
  if (c >= 0xff01 && c <= 0xff5e) return Fold(c - 0xff01 + 0x21);
  if (c == 0x2019) return '\'';
  return u_tolower(c);
}

bool Tokenizer::Tokenize(absl::string_view text, std::pmr::vector<Token>* tokens,
                         std::pmr::vector<uint32_t>* sentence_ends) const {
  return Run(*this, text, tokens, sentence_ends).Go();
}

}  // namespace clearway
