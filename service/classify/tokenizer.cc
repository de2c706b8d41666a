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

#include "service/classify/byte_classes.h"

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

constexpr uint64_t CharacterHash(uint32_t c) { return MixHash(c, kCharacterSeed); }

struct ByteLook {
  Look look = Look::kSpace;
  // Of a token that begins with the byte; 0 for words, whose letters are hashed.
  uint64_t hash = 0;
  // All ones for a letter.
  uint64_t is_letter = 0;
};

constexpr std::array<ByteLook, 256> kLooks = [] {
  std::array<ByteLook, 256> looks{};
  for (int32_t c = 0; c < 256; ++c) {
    ByteLook& look = looks[static_cast<size_t>(c)];
    look.look = LookOf(c);
    if (look.look == Look::kLetter) look.is_letter = ~uint64_t{0};
    if (look.look == Look::kDigit) look.hash = kNumberHash;
    if (look.look == Look::kMark) look.hash = CharacterHash(static_cast<uint32_t>(c));
  }
  return looks;
}();

// Punctuation of Chinese texts that Unicode's tables need not be asked about.
bool IsChineseMark(int32_t c) {
  return (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011);
}

// By how many letters a word has, up to eight: where they stand in eight bytes.
constexpr std::array<uint64_t, 9> kLetters = {0,
                                              0xff,
                                              0xffff,
                                              0xffffff,
                                              0xffffffff,
                                              0xffffffffff,
                                              0xffffffffffff,
                                              0xffffffffffffff,
                                              0xffffffffffffffff};
// Where its stem does, if it has one, and how wide its ending is.
constexpr uint64_t kStem = kLetters[kStemBytes];
constexpr std::array<uint64_t, 9> kStems = {0, 0, 0, 0, 0, kStem, kStem, kStem, kStem};
constexpr uint32_t kEnding = 0xffffff;
constexpr std::array<uint32_t, 9> kEndings = {0,       0,       0,       0,      kEnding,
                                              kEnding, kEnding, kEnding, kEnding};

// The first letters of eight bytes in lower case, zeros in place of the others.
uint64_t Folded(uint64_t bytes, size_t letters) {
  return (bytes | 0x2020202020202020) & kLetters[letters];
}

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
        sentence_begin_(tokens->size()) {}

  Encoding Go() {
    while (next_ < size_) {
      if (bytes_[next_] < 0x80) {
        TakeBlock();
        continue;
      }
      encoding_ = std::max(encoding_, Encoding::kUtf8);
      TakeIdeographs();
      if (next_ < size_ && bytes_[next_] >= 0x80) TakeCharacter();
    }
    EndSentence();
    return encoding_;
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
      tail_.fill(0);
      std::copy(bytes_ + tail_begin_, bytes_ + size_, tail_.begin());
    }
    return tail_.data() + (begin - tail_begin_);
  }

  // What begins in a block, up to the first character that is no ASCII. A block begins where no
  // token goes on.
  void TakeBlock() {
    const size_t begin = next_;
    const uint8_t* const bytes = WholeBlock(begin);
    const ByteClasses classes = ByteClasses::Of(bytes);
    const uint64_t goes_on =
        (classes.letters & classes.letters << 1) | (classes.digits & classes.digits << 1);
    // "v1.2" and "e.g.x" go on; a full stop ends a sentence where white space follows. It may be
    // the last byte of the block before.
    const uint64_t ends = classes.newlines | (classes.spaces & (classes.stops << 1 | 1));
    constexpr uint64_t kInBlock = (uint64_t{1} << kBlock) - 1;
    uint64_t looks = (~(classes.spaces | goes_on) | ends) & kInBlock;
    while (looks != 0) {
      const auto offset = static_cast<size_t>(std::countr_zero(looks));
      looks &= looks - 1;
      const ByteLook& look = kLooks[bytes[offset]];
      if (look.look <= Look::kMark) {
        const auto length = 1 + static_cast<size_t>(std::countr_one(goes_on >> 1 >> offset));
        if (TakePlain(look, begin + offset, bytes + offset, length)) continue;
        next_ = begin + offset;
        TakeAnything(look.look, length);
        if (next_ >= std::min(begin + kBlock, size_) || bytes_[next_] >= 0x80) return;
        looks &= ~uint64_t{0} << (next_ - begin);
      } else if (look.look == Look::kNotAscii) {
        next_ = begin + offset;
        return;
      } else if (bytes[offset] == '\n') {
        EndSentence();
      } else {
        AfterSpace();
      }
    }
    next_ = std::max(next_, std::min(begin + kBlock, size_));
  }

  // Nearly every token is a few plain letters or digits, of which so many follow upon each other,
  // or a mark. Which of these, nobody could guess, so they are treated alike. `bytes` are those
  // from the first one on.
  bool TakePlain(const ByteLook& look, size_t begin, const uint8_t* bytes, size_t length) {
    uint64_t chunk = 0;
    if (length > sizeof chunk || GoesBeyondLetters(bytes[length])) return false;
    std::memcpy(&chunk, bytes, sizeof chunk);
    next_ = begin + length;
    const uint64_t letters = Folded(chunk, length) & look.is_letter;
    const uint64_t hash = (MixHash(kWordSeed, letters) & look.is_letter) | look.hash;
    tokens_->emplace_back(Token{
        .hash = hash,
        .stem = letters & kStems[length],
        .begin = static_cast<uint32_t>(begin),
        .end = static_cast<uint32_t>(next_),
        .ending = static_cast<uint32_t>(letters >> (8 * (length - 3) % 64)) & kEndings[length],
        .kind = static_cast<Token::Kind>(look.look),
        .capital = (~chunk & 0x20 & look.is_letter) != 0});
    return true;
  }

  // A token of any kind that begins with ASCII, of which so many bytes are known to belong to it.
  void TakeAnything(Look look, size_t length) {
    const size_t begin = next_;
    next_ += length;
    if (look == Look::kLetter) return TakeWord(begin);
    if (look == Look::kDigit) return TakeNumber(begin);
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

  void EndSentence() {
    if (tokens_->size() == sentence_begin_) return;
    sentence_begin_ = tokens_->size();
    sentence_ends_->push_back(static_cast<uint32_t>(sentence_begin_));
  }

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
    token.ending = Ending(begin);
    if (next_ - begin > kStemBytes) token.stem = Folded(Load(begin, kStemBytes), kStemBytes);
  }

  // Of the word from `begin` up to `next_`.
  uint32_t Ending(size_t begin) const {
    uint32_t letters = 0;
    if (next_ - begin < sizeof letters) return 0;
    std::memcpy(&letters, bytes_ + next_ - sizeof letters, sizeof letters);
    return letters >> 8 | 0x202020;
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
    token.ending = Ending(begin);
    token.stem = spelling.Stem();
  }

  // The common ideographs, which are three bytes each and fill Chinese texts, as far as there are
  // any; the last bytes of the text are left alone.
  void TakeIdeographs() {
    size_t at = next_;
    for (; size_ - at >= sizeof(uint32_t); at += 3) {
      uint32_t bytes = 0;
      std::memcpy(&bytes, bytes_ + at, sizeof bytes);
      const uint32_t c = (bytes & 0xf) << 12 | (bytes >> 2 & 0xfc0) | (bytes >> 16 & 0x3f);
      const uint32_t number = c - kFirstIdeograph;
      if ((bytes & 0xc0c0f0) != 0x8080e0 || number > kLastIdeograph - kFirstIdeograph) break;
      next_ = at + 3;
      Push(Token::Kind::kIdeograph, at, CharacterHash(tokenizer_.Simplified(number)));
    }
    next_ = at;
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
    if (IsChineseMark(raw)) return TakeMark(begin, raw, raw);
    const int32_t c = tokenizer_.Fold(raw);
    if (c < 0x80 && LookOf(c) == Look::kMark) {
      TakeMark(begin, raw, c);
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
      TakeMark(begin, raw, c);
    }
  }

  // Of several bytes up to `next_`, `raw` as it stands.
  void TakeMark(size_t begin, int32_t raw, int32_t c) {
    Push(Token::Kind::kMark, begin, CharacterHash(static_cast<uint32_t>(c)));
    // Full-width marks need no space after them.
    if (c == 0x3002 || raw == 0xff01 || raw == 0xff1f || raw == 0xff1b || raw == 0xff61) {
      EndSentence();
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

  const Tokenizer& tokenizer_;
  const uint8_t* bytes_;
  const size_t size_;
  // The last bytes of the text, from here on, with zeros behind them; once they are needed.
  bool has_tail_ = false;
  size_t tail_begin_ = 0;
  std::array<uint8_t, 2 * ByteClasses::kBytes> tail_;
  std::pmr::vector<Token>* const tokens_;
  std::pmr::vector<uint32_t>* const sentence_ends_;
  // Number of its first token.
  size_t sentence_begin_;
  size_t next_ = 0;
  // Of what was taken.
  Encoding encoding_ = Encoding::kAscii;
};

Tokenizer::Tokenizer()
    : simplified_(kLastIdeograph - kFirstIdeograph + 1), is_traditional_(simplified_.size()) {
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
    is_traditional_[i] = simplified_[i] != kFirstIdeograph + i;
  }
}

uint32_t Tokenizer::Simplified(uint32_t number) const {
  // Texts that are Simplified ask small bits only, which stay in the cache.
  return is_traditional_[number] ? simplified_[number] : kFirstIdeograph + number;
}

int32_t Tokenizer::Fold(int32_t c) const {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  if (c >= kFirstIdeograph && c <= kLastIdeograph) {
    return static_cast<int32_t>(Simplified(static_cast<uint32_t>(c - kFirstIdeograph)));
  }
  if (c >= 0xff01 && c <= 0xff5e) return Fold(c - 0xff01 + 0x21);
  if (c == 0x2019) return '\'';
  return u_tolower(c);
}

Encoding Tokenizer::Tokenize(absl::string_view text, std::pmr::vector<Token>* tokens,
                             std::pmr::vector<uint32_t>* sentence_ends) const {
  return Run(*this, text, tokens, sentence_ends).Go();
}

}  // namespace clearway
