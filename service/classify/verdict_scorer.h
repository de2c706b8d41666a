#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/model.h"
#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// Rows [begin, end) of VerdictScores::rows.
struct RowRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// What the linear model makes of a ticket.
struct VerdictScores {
  // Log-odds by output, of the whole ticket, and what the last comment's prose alone adds up to.
  std::array<double, kVerdictOutputs> margins{};
  std::array<double, kVerdictOutputs> last_margins{};
  // Probabilities of kVerdictCategories, in their order; they sum to 1.
  std::array<double, kCategoryOutputs> categories{};
  // Probabilities of reasons by number; they sum to 1.
  std::array<double, kReasonCount> reasons{};
  // Rows of the features that the model knows, each once, and by sentence of the document those that
  // were met there first.
  std::vector<uint32_t> rows;
  std::vector<RowRange> sentence_rows;
  // What the weights are divided by.
  double norm = 1;
  double last_norm = 1;
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

// From both margins; see Calibration::last_comment_share. Also fills `scores->reasons`.
HeadLogs ReadHeads(double last_comment_share, VerdictScores* scores);

// Probabilities of the categories from both heads.
std::array<double, kCategoryOutputs> MixHeads(const Calibration& calibration, const HeadLogs& logs);

}  // namespace clearway
