#include "service/classify/tokenizer.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#include "service/classify/byte_classes.h"
#include "service/classify/byte_tail.h"
#include "service/classify/characters.h"
#include "service/classify/word_hash.h"

namespace clearway {

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
        sentence_begin_(tokens->size()) {}

  TextTraits Go() {
    while (next_ < size_) {
      if (bytes_[next_] < 0x80) {
        TakeBlock();
        continue;
      }
      encoding_ = std::max(encoding_, Encoding::kUtf8);
      TakeWide();
      if (next_ < size_ && bytes_[next_] >= 0x80) TakeCharacter();
    }
    EndSentence();
    return {encoding_, newlines_ != 0};
  }

 private:
  // Tokens that begin within so many bytes are found together. Of eight bytes more it is known what
  // they are, so that a plain word's end is in sight.
  static constexpr size_t kBlock = ByteClasses::kBytes - sizeof(uint64_t);

  // ByteClasses::kBytes bytes of the text, zeros beyond its end.
  const uint8_t* WholeBlock(size_t begin) {
    if (size_ - begin >= ByteClasses::kBytes) return bytes_ + begin;
    if (!has_tail_) {
      has_tail_ = true;
      tail_begin_ = size_ - std::min(size_, ByteClasses::kBytes);
      tail_.Read(bytes_ + tail_begin_, size_ - tail_begin_);
    }
    return tail_.bytes() + (begin - tail_begin_);
  }

  // What begins in a block, up to the first character that is no ASCII. A block begins where no
  // token goes on. Tokens and ends of sentences are found by bits and then taken each in a loop of
  // their own: what comes next in a text, no processor can guess.
  void TakeBlock() {
    const size_t begin = next_;
    const uint8_t* const bytes = WholeBlock(begin);
    const ByteClasses classes = tokenizer_.classes_of_(bytes);
    newlines_ |= classes.newlines;
    // The last byte of the block before may have been a full stop.
    if ((classes.spaces & 1) != 0) AfterSpace();
    constexpr uint64_t kInBlock = (uint64_t{1} << kBlock) - 1;
    const uint64_t in_reach = kInBlock & Below(classes.not_ascii);
    const auto reach = static_cast<size_t>(std::countr_one(in_reach));
    const uint64_t goes_on =
        (classes.letters & classes.letters << 1) | (classes.digits & classes.digits << 1);
    uint64_t tokens = ~(classes.spaces | goes_on) & in_reach;
    // "v1.2" and "e.g.x" go on; a full stop ends a sentence where white space follows.
    uint64_t ends = (classes.newlines | (classes.spaces & classes.stops << 1)) & in_reach;
    const uint64_t hard = HardTokens(classes, goes_on);
    for (;;) {
      const uint64_t first_hard = hard & tokens;
      const uint64_t before_hard = Below(first_hard);
      const auto count = static_cast<uint32_t>(tokens_->size());
      TakePlain(classes.letters, goes_on, tokens & before_hard, begin, bytes);
      TakeSentences(count, tokens, ends & before_hard);
      if (first_hard == 0) break;
      const auto offset = static_cast<size_t>(std::countr_zero(first_hard));
      next_ = begin + offset;
      TakeAnything(kKinds[bytes[offset]],
                   1 + static_cast<size_t>(std::countr_one(goes_on >> 1 >> offset)));
      if (next_ - begin >= reach) return;
      const uint64_t left = ~uint64_t{0} << (next_ - begin);
      tokens &= left;
      ends &= left;
    }
    // The last token may reach beyond.
    const uint64_t taken = in_reach | (goes_on & ~kInBlock);
    next_ = std::min(begin + static_cast<size_t>(std::countr_one(taken)), size_);
  }

  // All bits below the lowest one of `bits`; every bit where it has none.
  static uint64_t Below(uint64_t bits) { return (bits - 1) & ~bits; }

  // At least the beginnings of all tokens that are more than a few plain letters or digits: that
  // have more of them, or where something else may go on with the word or number.
  static uint64_t HardTokens(const ByteClasses& classes, uint64_t goes_on) {
    // From its last byte on, where that tells, down to the first, which is at most seven away.
    uint64_t hard = (classes.letters & (classes.apostrophes | classes.not_ascii) >> 1) |
                    (classes.digits & classes.not_ascii >> 1);
    const uint64_t twice = goes_on & goes_on << 1;
    const uint64_t four_times = twice & twice << 2;
    hard |= (hard & goes_on) >> 1;
    hard |= (hard & twice) >> 2;
    hard |= (hard & four_times) >> 4;
    static_assert(kPlainLetters == 8);
    const uint64_t eight_times = four_times & four_times << 4;
    return hard | eight_times >> kPlainLetters;
  }

  // A few plain letters or digits, of which so many follow upon each other, or a mark. Which of
  // these, nobody could guess, so they are treated alike.
  void TakePlain(uint64_t is_letter, uint64_t goes_on, uint64_t tokens, size_t begin,
                 const uint8_t* bytes) {
    const uint64_t last = ~(goes_on >> 1);
    while (tokens != 0) {
      const auto offset = static_cast<size_t>(std::countr_zero(tokens));
      tokens &= tokens - 1;
      const auto length = 1 + static_cast<size_t>(std::countr_zero(last >> offset));
      const uint64_t if_letter = 0 - (is_letter >> offset & 1);
      const WordShape& shape = kShapes[length];
      const uint8_t first = bytes[offset];
      uint64_t chunk = 0;
      std::memcpy(&chunk, bytes + offset, sizeof chunk);
      const uint64_t letters = (chunk | 0x2020202020202020) & shape.letters & if_letter;
      tokens_->emplace_back(
          Token{.hash = (MixHash(kWordSeed, letters) & if_letter) | kHashes[first],
                .stem = letters & shape.stem,
                .begin = static_cast<uint32_t>(begin + offset),
                .end = static_cast<uint32_t>(begin + offset + length),
                .kind = kKinds[first],
                .capital = (~chunk & 0x20 & if_letter) != 0});
    }
  }

  // `count`: of the tokens before those of `tokens`.
  void TakeSentences(uint32_t count, uint64_t tokens, uint64_t ends) {
    for (; ends != 0; ends &= ends - 1) {
      EndSentence(count + static_cast<uint32_t>(std::popcount(tokens & Below(ends))));
    }
  }

  // A token of any kind that begins with ASCII, of which so many bytes are known to belong to it.
  void TakeAnything(Token::Kind kind, size_t length) {
    const size_t begin = next_;
    next_ += length;
    if (kind == Token::Kind::kWord) return TakeWord(begin);
    if (kind == Token::Kind::kNumber) return TakeNumber(begin);
    Push(Token::Kind::kMark, begin, CharacterHash(bytes_[begin]));
  }

  // Whether a character other than plain letters and digits may go on with the token before it.
  static bool GoesBeyondLetters(uint8_t c) { return c == '\'' || c >= 0x80; }

  // Eight bytes of the text, or the first `needed` of them at least.
  uint64_t Load(size_t at, size_t needed) const {
    uint64_t chunk = 0;
    if (size_ - at >= sizeof chunk) {
      std::memcpy(&chunk, bytes_ + at, sizeof chunk);
    } else {
      std::memcpy(&chunk, bytes_ + at, needed);
    }
    return chunk;
  }

  // Up to `next_`.
  Token& Push(Token::Kind kind, size_t begin, uint64_t hash) {
    return tokens_->emplace_back(Token{.hash = hash,
                                       .begin = static_cast<uint32_t>(begin),
                                       .end = static_cast<uint32_t>(next_),
                                       .kind = kind});
  }

  // Behind so many tokens.
  void EndSentence(uint32_t count) {
    if (count == sentence_begin_) return;
    sentence_begin_ = count;
    sentence_ends_->push_back(count);
  }
  void EndSentence() { EndSentence(static_cast<uint32_t>(tokens_->size())); }

  void AfterSpace() {
    if (tokens_->size() == sentence_begin_) return;
    const Token& last = tokens_->back();
    if (last.kind == Token::Kind::kMark && IsStop(bytes_[last.begin])) EndSentence();
  }

  static bool IsStop(uint8_t mark) {
    return mark == '.' || mark == '!' || mark == '?' || mark == ';';
  }

  // The rest of a number of which `next_` may stand at any digit, or behind.
  void TakeNumber(size_t begin) {
    while (next_ < size_ && IsDigit(bytes_[next_])) ++next_;
    // Full-width digits, too.
    for (int32_t c = Peek(); c >= 0 && IsDigit(tokenizer_.Fold(c)); c = Peek()) {
      if (c >= 0x80) encoding_ = std::max(encoding_, Encoding::kUtf8);
      Skip();
    }
    Push(Token::Kind::kNumber, begin, kNumberHash);
  }

  // The rest of any word that begins with a plain letter; up to `next_` there are no others.
  void TakeWord(size_t begin) {
    while (next_ < size_ && IsAsciiLetter(bytes_[next_])) ++next_;
    const bool capital = (bytes_[begin] & 0x20) == 0;
    if (next_ < size_ && GoesBeyondLetters(bytes_[next_]) && Continues()) {
      next_ = begin;
      SpellWord(capital);
      return;
    }
    uint64_t hash = kWordSeed;
    for (size_t at = begin; at < next_; at += sizeof(uint64_t)) {
      const size_t letters = std::min(next_ - at, sizeof(uint64_t));
      hash = MixHash(hash, Folded(Load(at, letters), letters));
    }
    Token& token = Push(Token::Kind::kWord, begin, hash);
    token.capital = capital;
    if (next_ - begin > kStemBytes) token.stem = Folded(Load(begin, kStemBytes), kStemBytes);
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
      if (bytes_[next_] >= 0x80) encoding_ = std::max(encoding_, Encoding::kUtf8);
      spelling.Add(c);
      next_ = static_cast<size_t>(at);
    }
    Token& token = Push(Token::Kind::kWord, begin, spelling.Hash());
    token.capital = capital;
    token.stem = spelling.Stem();
  }

  // The common ideographs and wide marks, which are three bytes each and fill Chinese texts, as far
  // as there are any. Not inlined, or the compiler runs out of registers.
  [[gnu::noinline]] void TakeWide() {
    do {
      TakeIdeographs();
    } while (TakeWideMark());
  }

  static constexpr size_t kWide = 3;

  void TakeIdeographs() {
    const uint8_t* const text = bytes_;
    const size_t size = size_;
    const uint64_t* const is_traditional = tokenizer_.is_traditional_.data();
    std::pmr::vector<Token>& tokens = *tokens_;
    size_t at = next_;
    // False where it is none.
    const auto take = [&](uint32_t bytes) {
      if (!IsWide(bytes)) return false;
      uint32_t c = CodePointOf(bytes);
      const uint32_t number = c - kFirstIdeograph;
      if (number > kLastIdeograph - kFirstIdeograph) return false;
      // Texts that are Simplified ask small bits only, which stay in the cache.
      if ((is_traditional[number / 64] >> (number % 64) & 1) != 0) {
        c = tokenizer_.simplified_[number];
      }
      tokens.emplace_back(Token{.hash = CharacterHash(c),
                                .begin = static_cast<uint32_t>(at),
                                .end = static_cast<uint32_t>(at + kWide),
                                .kind = Token::Kind::kIdeograph});
      at += kWide;
      return true;
    };
    uint32_t bytes = 0;
    bool taken = true;
    while (taken && size - at >= sizeof bytes) {
      std::memcpy(&bytes, text + at, sizeof bytes);
      taken = take(bytes);
    }
    // Many a text ends with one.
    if (taken && size - at == kWide) take(WideAt(text + at));
    next_ = at;
  }

  // False where there is none.
  bool TakeWideMark() {
    if (size_ - next_ < kWide) return false;
    const uint32_t bytes = WideAt(bytes_ + next_);
    const uint32_t c = CodePointOf(bytes);
    const WideMark& mark = kWideMarks[WideMarkIndex(c)];
    if (!IsWide(bytes) || mark.wide != c) return false;
    const size_t begin = next_;
    next_ += kWide;
    Push(Token::Kind::kMark, begin, mark.hash);
    // Such marks need no space after them.
    if (mark.ends) EndSentence();
    return true;
  }

  static uint32_t WideAt(const uint8_t* bytes) {
    return bytes[0] | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16;
  }

  // Whether the first three bytes are a character that takes three.
  static bool IsWide(uint32_t bytes) { return (bytes & 0xc0c0f0) == 0x8080e0; }
  // Which one.
  static uint32_t CodePointOf(uint32_t bytes) {
    return (bytes & 0xf) << 12 | (bytes >> 2 & 0xfc0) | (bytes >> 16 & 0x3f);
  }

  // At a byte that is no ASCII.
  void TakeCharacter() {
    int32_t at = static_cast<int32_t>(next_);
    const size_t begin = next_;
    const int32_t raw = DecodeRaw(&at);
    next_ = static_cast<size_t>(at);
    if (raw < 0) {
      encoding_ = Encoding::kNeither;
      return;
    }
    const int32_t c = tokenizer_.Fold(raw);
    if (c < 0x80 && LookOf(c) == Look::kMark) {
      Push(Token::Kind::kMark, begin, CharacterHash(static_cast<uint32_t>(c)));
    } else if (IsIdeograph(c)) {
      Push(Token::Kind::kIdeograph, begin, CharacterHash(static_cast<uint32_t>(c)));
    } else if (IsLetter(c)) {
      next_ = begin;
      SpellWord(raw != c);
    } else if (IsDigit(c)) {
      TakeNumber(begin);
    } else if (IsLineEnd(c)) {
      EndSentence();
    } else if (IsSpace(c)) {
      AfterSpace();
    } else {
      Push(Token::Kind::kMark, begin, CharacterHash(static_cast<uint32_t>(c)));
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

  const Tokenizer& tokenizer_;
  const uint8_t* bytes_;
  const size_t size_;
  // The last bytes of the text, from here on; once they are needed.
  bool has_tail_ = false;
  size_t tail_begin_ = 0;
  ByteTail tail_;
  std::pmr::vector<Token>* const tokens_;
  std::pmr::vector<uint32_t>* const sentence_ends_;
  // Number of its first token.
  size_t sentence_begin_;
  size_t next_ = 0;
  // Of what was taken.
  Encoding encoding_ = Encoding::kAscii;
  // Not 0: there are some.
  uint64_t newlines_ = 0;
};

Tokenizer::Tokenizer()
    : classes_of_(ByteClasses::Fastest()),
      simplified_(kLastIdeograph - kFirstIdeograph + 1),
      is_traditional_(simplified_.size() / 64 + 1) {
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
  for (size_t i = 0; i < simplified_.size(); ++i) {
    const uint64_t other = simplified_[i] != kFirstIdeograph + i ? 1 : 0;
    is_traditional_[i / 64] |= other << (i % 64);
  }
}

int32_t Tokenizer::Fold(int32_t c) const {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  if (c >= kFirstIdeograph && c <= kLastIdeograph) {
    return int32_t{simplified_[static_cast<size_t>(c - kFirstIdeograph)]};
  }
  if (c >= 0xff01 && c <= 0xff5e) return Fold(c - 0xff01 + 0x21);
  if (c == 0x2019) return '\'';
  return u_tolower(c);
}

TextTraits Tokenizer::Tokenize(absl::string_view text, std::pmr::vector<Token>* tokens,
                               std::pmr::vector<uint32_t>* sentence_ends) const {
  return Run(*this, text, tokens, sentence_ends).Go();
}

}  // namespace clearway
