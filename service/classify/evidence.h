#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/verdict_scorer.h"
#include "service/domain/classification.h"

namespace clearway {

// By sentence of the document, what its features added to the log-odds of a verdict's outputs. A
// feature that occurs in several places counts for the one that is first in reading order.
std::pmr::vector<double> SentenceWeights(const Model& model, const Document& document,
                                         const VerdictScores& scores, Category category,
                                         Reason reason);

inline constexpr size_t kMostLoudest = 10;

// The numbers of the sentences that spoke most for a verdict, loudest first, at most `limit` and
// kMostLoudest.
std::pmr::vector<uint32_t> LoudestSentences(const std::pmr::vector<double>& weights, size_t limit);

inline constexpr size_t kMaxEvidence = 3;

// Those of `sentences`, loudest first, that speak for the verdict, at most kMaxEvidence.
std::vector<Evidence> QuoteEvidence(const Document& document,
                                    const std::pmr::vector<double>& weights,
                                    const std::pmr::vector<uint32_t>& sentences);

}  // namespace clearway
