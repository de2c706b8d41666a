#pragma once

#include <vector>

#include "service/classify/document.h"
#include "service/classify/verdict_scorer.h"
#include "service/domain/classification.h"

namespace clearway {

// The sentences that spoke most for a verdict, strongest first, at most 3, each with what its
// features added to the log-odds of the verdict's outputs. A feature that occurs in several places
// counts for each of them with its share. Sentences that did not speak for it are left out.
std::vector<Evidence> FindEvidence(const WeightTable& table, const Document& document,
                                   const VerdictScores& scores, Category category, Reason reason);

}  // namespace clearway
