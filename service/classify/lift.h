#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/feature_index.h"
#include "service/classify/features.h"
#include "service/classify/known_tokens.h"
#include "service/classify/role_table.h"

namespace clearway {

// Tells whether a ticket's last comment says that whatever blocked it is over: logistic regression
// on that comment's words alone, so that a page of trouble before it does not drown it.
struct LiftModel {
  // Roles kLiftRole and kLastLiftRole.
  RoleTable table;
  double bias = 0;
};

// What a feature weighs in any sentence, and what more in the comment's last one, where people say
// what follows.
inline constexpr size_t kLiftRole = 0;
inline constexpr size_t kLastLiftRole = 1;

// Log-odds where there is no last comment.
inline constexpr double kNoLift = -std::numeric_limits<double>::infinity();

// Of the pair and the token before it.
inline uint64_t TripleHash(uint64_t pair, const Token& before) {
  return JoinHashes(pair, before.hash);
}

// Words, stems, pairs and triples of one sentence. Sink: void(uint64_t hash).
template <typename Sink>
void EachLiftFeature(const Document& document, const Sentence& sentence, Sink&& sink) {
  for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
    const Token& token = document.tokens[i];
    sink(token.hash);
    if (token.stem != 0) sink(token.StemHash());
    if (i < sentence.begin + 1) continue;
    const uint64_t pair = PairHash(document.tokens[i - 1].hash, token.hash);
    sink(pair);
    if (i < sentence.begin + 2) continue;
    sink(TripleHash(pair, document.tokens[i - 2]));
  }
}

// Of the field's last sentence of prose; the field's end where there is none.
uint32_t LastProse(const Document& document, const Field& field);

// A comment of so many features is judged by their sum divided by this.
inline double LiftNorm(size_t features) { return std::sqrt(static_cast<double>(features) + 1); }

// What the last comment says.
struct LiftScore {
  explicit LiftScore(std::pmr::memory_resource* memory) : by_sentence(memory) {}

  // That it lifts the blocker; kNoLift where there is none.
  double log_odds = kNoLift;
  // What its sentences add to that, from the field's first one on; 0 for what is no prose.
  std::pmr::vector<double> by_sentence;
};

LiftScore ScoreLift(const LiftModel& model, const FeatureIndex& index, const Document& document,
                    const KnownTokens& known);

}  // namespace clearway
