#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/model.h"
#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// One occurrence of a feature that the model knows.
struct FeatureHit {
  uint32_t row = 0;
  // Position in the document, or kNoToken.
  uint32_t token = 0;
  // Where in the list the feature's first occurrence is; it alone counts for the score.
  uint32_t first = 0;
  // Of the first occurrence: how often the feature occurs.
  uint32_t count = 0;
};

// What the linear model makes of a ticket.
struct VerdictScores {
  // Log-odds by output.
  std::array<double, kVerdictOutputs> margins{};
  // Probabilities of kVerdictCategories, in their order; they sum to 1.
  std::array<double, kCategoryOutputs> categories{};
  // Probabilities of reasons by number; they sum to 1.
  std::array<double, kReasonCount> reasons{};
  std::vector<FeatureHit> hits;
  // What weights of hits are divided by.
  double norm = 1;
};

// Time and memory are linear in the document.
VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document);

// The verdict that the scores amount to: category, confidence, reason and secondary category.
Classification Decide(const Calibration& calibration, const VerdictScores& scores);

// Log probabilities of the categories as each head sees them.
struct HeadLogs {
  std::array<double, kCategoryOutputs> direct{};
  std::array<double, kCategoryOutputs> by_reason{};
};

// Also fills `scores->reasons`, from the margins.
HeadLogs ReadHeads(VerdictScores* scores);

// Probabilities of the categories from both heads.
std::array<double, kCategoryOutputs> MixHeads(const Calibration& calibration, const HeadLogs& logs);

}  // namespace clearway
