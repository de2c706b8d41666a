#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "service/classify/document.h"
#include "service/classify/features.h"
#include "service/classify/role_table.h"

namespace clearway {

// Tells whether a ticket's last comment says that whatever blocked it is over: logistic regression
// on that comment's words alone, so that a page of trouble before it does not drown it.
struct LiftModel {
  // One role.
  RoleTable table;
  double bias = 0;
};

// Log-odds where there is no last comment.
inline constexpr double kNoLift = -std::numeric_limits<double>::infinity();

// Words, stems, pairs and triples of one sentence. Sink: void(uint64_t hash).
template <typename Sink>
void EachLiftFeature(const Document& document, const Sentence& sentence, Sink&& sink) {
  constexpr uint64_t kTriple = 0x33;
  for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
    const Token& token = document.tokens[i];
    sink(token.hash);
    if (token.stem != 0) sink(token.stem);
    if (i < sentence.begin + 1) continue;
    const uint64_t pair = PairHash(document.tokens[i - 1], token);
    sink(pair);
    if (i < sentence.begin + 2) continue;
    sink(MixHash(pair + kTriple, document.tokens[i - 2].hash));
  }
}

// A comment of so many features is judged by their sum divided by this.
inline double LiftNorm(size_t features) { return std::sqrt(static_cast<double>(features) + 1); }

// Log-odds that the last comment lifts the blocker; kNoLift where there is none.
double ScoreLift(const LiftModel& model, const Document& document);

// What one of its sentences adds to that.
double SentenceLift(const LiftModel& model, const Document& document, const Sentence& sentence);

}  // namespace clearway
