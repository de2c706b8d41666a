#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/weight_table.h"

namespace clearway {

// Finds the words that name who must act, in two steps: every token is scored as a possible
// beginning, then the spans from the best beginnings are scored with what stands in and around
// them.

// Tokens [begin, end) of a document, within one field.
struct PartySpan {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// Beginnings that are followed up, and the longest span tried, in tokens.
inline constexpr size_t kMaxBeginnings = 3;
inline constexpr uint32_t kMaxPartyTokens = 8;

// The token's hash, or 0 outside the field.
inline uint64_t TokenHash(const Document& document, const Field& field, int64_t position) {
  const bool inside = position >= field.begin && position < field.end;
  return inside ? document.tokens[static_cast<size_t>(position)].hash : 0;
}

// Of the words of a span, whatever their case.
inline uint64_t SpanHash(const Document& document, PartySpan span) {
  uint64_t hash = 201;
  for (uint32_t i = span.begin; i < span.end; ++i) hash = MixHash(hash, document.tokens[i].hash);
  return hash;
}

// Sink: void(uint64_t hash).
template <typename Sink>
void EachBeginFeature(const Document& document, const Field& field, uint32_t position,
                      Sink&& sink) {
  const auto at = [&](int d) { return TokenHash(document, field, int64_t{position} + d); };
  const Token& token = document.tokens[position];
  sink(MixHash(at(0), 101));
  sink(MixHash(at(-1), 102));
  sink(MixHash(at(1), 103));
  sink(MixHash(MixHash(at(-1), at(0)), 104));
  sink(MixHash(MixHash(at(0), at(1)), 105));
  sink(MixHash(MixHash(at(-2), at(-1)), 106));
  sink(MixHash(MixHash(at(1), at(2)), 107));
  sink(MixHash(static_cast<uint64_t>(token.kind) * 2 + (token.capital ? 1 : 0), 108));
  sink(MixHash(static_cast<uint64_t>(field.kind), 109));
}

template <typename Sink>
void EachSpanFeature(const Document& document, const Field& field, PartySpan span, Sink&& sink) {
  const auto at = [&](int64_t position) { return TokenHash(document, field, position); };
  const int64_t begin = span.begin;
  const int64_t end = span.end;
  const uint64_t length = span.end - span.begin;
  const auto kind = static_cast<uint64_t>(document.tokens[span.begin].kind);
  sink(SpanHash(document, span));
  sink(MixHash(at(begin), 202));
  sink(MixHash(at(end - 1), 203));
  sink(MixHash(MixHash(at(end - 2), at(end - 1)), 204));
  sink(MixHash(at(begin - 1), 205));
  sink(MixHash(MixHash(at(begin - 2), at(begin - 1)), 206));
  sink(MixHash(at(end), 207));
  sink(MixHash(MixHash(at(end), at(end + 1)), 208));
  sink(MixHash(MixHash(at(end - 1), at(end)), 209));
  sink(MixHash(MixHash(at(begin - 1), at(begin)), 210));
  sink(MixHash(MixHash(at(begin - 1), at(end)), 211));
  sink(MixHash(MixHash(kind, length), 212));
  sink(MixHash(static_cast<uint64_t>(field.kind), 213));
  sink(MixHash(document.tokens[span.end - 1].stem, 214));
  sink(MixHash(MixHash(at(begin - 3), at(begin - 2)), MixHash(at(begin - 1), 215)));
}

// Every sentence of a document, for LikelyBeginnings.
std::vector<uint32_t> AllSentences(const Document& document);

// The likeliest beginnings within `sentences` (of the document, by number), at most kMaxBeginnings,
// in the order of the text. `begin` has one output.
std::vector<uint32_t> LikelyBeginnings(const WeightTable& begin, const Document& document,
                                       const std::vector<uint32_t>& sentences);

// Every span that starts at `beginning`, stays in its field and clause and is not too long.
std::vector<PartySpan> SpansFrom(const Document& document, uint32_t beginning);

struct Party {
  // As it stands in the ticket; empty where nothing is found.
  std::string text;
  // Of being the right one, 0 to 1.
  double probability = 0;
};

// The words within `sentences` that most likely name who must act. Each table has one output.
Party FindParty(const WeightTable& begin, const WeightTable& span, const Document& document,
                const std::vector<uint32_t>& sentences);

}  // namespace clearway
