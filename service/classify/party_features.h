#pragma once

#include <cstdint>
#include <vector>

#include "service/classify/document.h"
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
inline constexpr size_t kFirstSpanRole = 5;

// A sentence laid out for finding who must act: hashes of its tokens and of some before and behind
// it. Positions count from the document's first token.
class PartyContext {
 public:
  // How far features look beyond a token.
  static constexpr int64_t kMargin = 4;
  static constexpr size_t kMaxRank = 6;

  // `rank`: how many sentences spoke more loudly for the verdict, whose reason is given.
  PartyContext(const Document& document, const Sentence& sentence, size_t rank, Reason reason);

  // A token, a pair of it and the next one, and the ending of a word. Kinds of parts that are looked
  // up by position.
  enum Part : size_t { kToken, kPair, kEnding, kParts };

  const std::vector<uint64_t>& hashes(Part part) const { return hashes_[part]; }
  // Where in hashes() a position stands.
  size_t IndexOf(int64_t position) const { return static_cast<size_t>(position - origin_); }

  const Document& document() const { return *document_; }
  const Sentence& sentence() const { return *sentence_; }

  // Of what is known of a beginning and a span besides the words around them.
  uint64_t BeginningHash(uint32_t position) const;
  uint64_t ShapeHash(PartySpan span) const;
  // Of the very words, whatever their case.
  uint64_t WordsHash(PartySpan span) const;
  // Of what stands on both sides.
  uint64_t SidesHash(PartySpan span) const;
  uint64_t PlaceHash() const;
  // Who is asked for money is not who is asked for an answer.
  uint64_t ReasonHash(PartySpan span) const;

 private:
  uint64_t HashAt(int64_t position) const { return hashes_[kToken][IndexOf(position)]; }

  const Document* document_;
  const Sentence* sentence_;
  size_t rank_;
  Reason reason_;
  int64_t origin_;
  std::vector<uint64_t> hashes_[kParts];
};

// Every feature of a beginning. `part(Part, position, role)` for those looked up by position,
// `other(hash, role)` for the rest.
template <typename PartSink, typename OtherSink>
void EachBeginFeature(const PartyContext& context, uint32_t position, PartSink&& part,
                      OtherSink&& other) {
  const int64_t at = position;
  part(PartyContext::kToken, at, 0);
  part(PartyContext::kToken, at - 1, 1);
  part(PartyContext::kToken, at + 1, 2);
  for (int64_t d = 2; d <= PartyContext::kMargin; ++d) {
    part(PartyContext::kToken, at - d, 3);
    part(PartyContext::kToken, at + d, 4);
  }
  part(PartyContext::kPair, at - 1, 0);
  part(PartyContext::kPair, at, 1);
  part(PartyContext::kPair, at - 2, 2);
  part(PartyContext::kPair, at + 1, 3);
  part(PartyContext::kEnding, at, 0);
  part(PartyContext::kEnding, at + 1, 1);
  other(context.BeginningHash(position), 0);
  other(context.PlaceHash(), 0);
}

// Every feature of a span, likewise.
template <typename PartSink, typename OtherSink>
void EachSpanFeature(const PartyContext& context, PartySpan span, PartSink&& part,
                     OtherSink&& other) {
  const int64_t begin = span.begin;
  const int64_t end = span.end;
  part(PartyContext::kToken, begin, 5);
  part(PartyContext::kToken, end - 1, 6);
  part(PartyContext::kToken, begin - 1, 7);
  part(PartyContext::kToken, end, 8);
  part(PartyContext::kToken, begin - 2, 9);
  part(PartyContext::kToken, begin - 3, 9);
  part(PartyContext::kToken, end + 1, 10);
  part(PartyContext::kToken, end + 2, 10);
  part(PartyContext::kPair, end - 2, 5);
  part(PartyContext::kPair, begin - 2, 6);
  part(PartyContext::kPair, end, 7);
  part(PartyContext::kPair, end - 1, 8);
  part(PartyContext::kPair, begin - 1, 9);
  part(PartyContext::kEnding, end - 1, 5);
  part(PartyContext::kEnding, begin, 6);
  for (int64_t i = begin; i < end; ++i) part(PartyContext::kToken, i, 11);
  other(context.BeginningHash(span.begin), 9);
  other(context.WordsHash(span), 5);
  other(context.SidesHash(span), 6);
  other(context.ShapeHash(span), 7);
  other(context.PlaceHash(), 8);
  other(context.ReasonHash(span), 10);
}

// Whether a name can begin with the token.
inline bool MayBegin(const Token& token) { return token.kind != Token::Kind::kMark; }

// Every span that starts at `beginning`, stays in its sentence and clause and is not too long.
std::vector<PartySpan> SpansFrom(const PartyContext& context, uint32_t beginning);

}  // namespace clearway
