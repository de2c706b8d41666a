#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

#include "service/classify/document.h"
#include "service/classify/features.h"
#include "service/domain/taxonomy.h"

namespace clearway {

// Tokens [begin, end) of a document, within one sentence.
struct PartySpan {
  uint32_t begin = 0;
  uint32_t end = 0;

  friend auto operator<=>(const PartySpan&, const PartySpan&) = default;
};

// The longest span tried, in tokens.
inline constexpr uint32_t kMaxPartyTokens = 10;

// Roles of RoleTable: what a feature says of a token as a name's beginning, then of a whole span.
// Those of tokens, pairs and tokens under a reason differ, so that the rows of all three can be
// laid upon each other.
inline constexpr size_t kFirstSpanRole = 16;

// A sentence in which somebody may be named. Positions count from the document's first token. Views
// into the document.
class PartyContext {
 public:
  // How far features look beyond a token.
  static constexpr int64_t kMargin = 5;
  static constexpr size_t kMaxRank = 6;

  // `rank`: how many sentences spoke more loudly for the verdict, whose reason is given.
  PartyContext(const Document& document, const Sentence& sentence, size_t rank, Reason reason);

  // What is known by position: a token, a pair of it and the next one, a token under the reason:
  // who is asked for money is not who is asked for an answer.
  enum Part : size_t { kToken, kPair, kReasoned, kParts };
  using Hashes = std::array<uint64_t, kParts>;
  // Outside the field stand tokens of this hash, whatever the reason.
  static constexpr uint64_t kNoToken = 0x9ddfea08eb382d69;
  static constexpr uint64_t kNoReason = 0xe7037ed1a0b428db;
  static Hashes HashesOutside() { return {kNoToken, PairHash(kNoToken, kNoToken), kNoReason}; }
  Hashes HashesAt(int64_t position) const {
    const uint64_t token = TokenHash(position);
    return {token, PairHash(token, TokenHash(position + 1)),
            IsInside(position) ? ReasonedHash(tokens_[position]) : kNoReason};
  }
  uint64_t ReasonedHash(const Token& token) const { return token.hash ^ of_reason_; }

  const Document& document() const { return *document_; }
  const Sentence& sentence() const { return *sentence_; }
  const Field& field() const { return *field_; }

  // Of what is known of a beginning and a span besides the words around them.
  static constexpr size_t kShapesOfBeginning = 16;
  size_t ShapeOfBeginning(uint32_t position) const {
    const Token& token = tokens_[position];
    return static_cast<size_t>(token.kind) * 4 + (token.capital ? 2U : 0U) +
           (position == sentence_->begin ? 1U : 0U);
  }
  static Token::Kind KindOfBeginning(size_t shape) { return static_cast<Token::Kind>(shape / 4); }
  static uint64_t BeginningHash(size_t shape) { return MixHash(shape, 0x61); }
  // Which text, and how loud the sentence is.
  static constexpr size_t kPlaces = 4 * (kMaxRank + 1);
  size_t Place() const { return static_cast<size_t>(field_->kind) * (kMaxRank + 1) + rank_; }
  static uint64_t PlaceHash(size_t place) { return MixHash(place, 0x65); }
  static constexpr size_t kShapesOfSpan = 8 * (kMaxPartyTokens + 1);
  size_t ShapeOfSpan(PartySpan span) const {
    const Token& first = tokens_[span.begin];
    const Token& last = tokens_[span.end - 1];
    const size_t kinds = static_cast<size_t>(first.kind) * 2 + (last.capital ? 1 : 0);
    return kinds * (kMaxPartyTokens + 1) + (span.end - span.begin);
  }
  static uint64_t SpanHash(size_t shape) { return MixHash(shape, 0x62); }
  // Of the very words, whatever their case: of the first, then of each longer span.
  static constexpr uint64_t kNoWords = 0x63;
  uint64_t AddWord(uint64_t words, uint32_t position) const {
    return JoinHashes(words, tokens_[position].hash);
  }

 private:
  bool IsInside(int64_t position) const {
    return static_cast<uint64_t>(position - field_->begin) < field_->end - field_->begin;
  }
  uint64_t TokenHash(int64_t position) const {
    return IsInside(position) ? tokens_[position].hash : kNoToken;
  }

  const Document* document_;
  const Token* tokens_;
  const Sentence* sentence_;
  const Field* field_;
  size_t rank_;
  uint64_t of_reason_;
};

// Features of a beginning that are looked up by position: part(Part, position, role). Its place and
// shape have role 0.
template <typename Sink>
void EachBeginPart(int64_t at, Sink&& part) {
  part(PartyContext::kToken, at, 0);
  part(PartyContext::kToken, at - 1, 1);
  part(PartyContext::kToken, at + 1, 2);
  for (int64_t d = 2; d <= 4; ++d) {
    part(PartyContext::kToken, at - d, 3);
    part(PartyContext::kToken, at + d, 4);
  }
  part(PartyContext::kPair, at - 1, 5);
  part(PartyContext::kPair, at, 6);
  part(PartyContext::kReasoned, at, 7);
  part(PartyContext::kReasoned, at - 1, 8);
}
inline constexpr size_t kBeginOtherRole = 0;

// Features of a span: those that all spans from one beginning share (and its place and shape), one
// for each of its tokens, and those that depend on its end (and its own shape).
template <typename Sink>
void EachSpanBeginPart(int64_t begin, Sink&& part) {
  part(PartyContext::kToken, begin, 16);
  part(PartyContext::kToken, begin - 1, 17);
  part(PartyContext::kToken, begin - 2, 18);
  part(PartyContext::kToken, begin - 3, 18);
  part(PartyContext::kPair, begin - 2, 19);
  part(PartyContext::kPair, begin - 1, 20);
  part(PartyContext::kReasoned, begin, 21);
}
inline constexpr size_t kInnerRole = 22;
template <typename Sink>
void EachSpanEndPart(int64_t end, Sink&& part) {
  part(PartyContext::kToken, end - 1, 23);
  part(PartyContext::kToken, end, 24);
  part(PartyContext::kToken, end + 1, 25);
  part(PartyContext::kToken, end + 2, 25);
  part(PartyContext::kPair, end - 2, 26);
  part(PartyContext::kPair, end, 27);
  part(PartyContext::kPair, end - 1, 28);
  part(PartyContext::kReasoned, end - 1, 29);
  part(PartyContext::kReasoned, end, 30);
}
// Of hashes that play no other part.
inline constexpr size_t kSpanPlaceRole = 16;
inline constexpr size_t kSpanBeginningRole = 17;
inline constexpr size_t kShapeRole = 18;

// Whether a name can begin with the token.
inline bool MayBegin(Token::Kind kind) { return kind != Token::Kind::kMark; }

// Whether a name goes on behind a mark of one byte: "R&D", "protocol-lead".
constexpr bool JoinsWords(char mark) {
  return mark == '-' || mark == '/' || mark == '&' || mark == '.' || mark == '\'';
}

// Every span that starts at `beginning`, stays in its sentence and clause and is not too long, the
// shorter first. Sink: void(PartySpan).
template <typename Sink>
void EachSpanFrom(const PartyContext& context, uint32_t beginning, Sink&& sink) {
  const Token* const tokens = context.document().tokens.data();
  const absl::string_view text = context.field().text;
  const uint32_t end = context.sentence().end;
  const uint32_t limit = end - beginning < kMaxPartyTokens ? end : beginning + kMaxPartyTokens;
  for (uint32_t i = beginning; i < limit; ++i) {
    const Token& token = tokens[i];
    if (token.kind != Token::Kind::kMark) {
      sink(PartySpan{beginning, i + 1});
    } else if (token.end - token.begin > 1 || !JoinsWords(text[token.begin])) {
      break;
    }
  }
}

}  // namespace clearway
