#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "service/classify/document.h"
#include "service/classify/known_tokens.h"
#include "service/classify/model.h"
#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// What the rows of features add up to, by lane of the table.
using LaneSums = std::array<int32_t, WeightTable::kLanes>;

// What the linear model makes of a ticket.
struct VerdictScores {
  // What it holds lies in `memory`, which must outlive it.
  explicit VerdictScores(std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : by_sentence(memory), lift(memory) {}

  // Log-odds by output.
  std::array<double, kVerdictOutputs> margins{};
  // Probabilities of kVerdictCategories, in their order; they sum to 1.
  std::array<double, kCategoryOutputs> categories{};
  // Probabilities of reasons by number; they sum to 1.
  std::array<double, kReasonCount> reasons{};
  // By sentence of the document: of the features that are met first there.
  std::pmr::vector<LaneSums> by_sentence;
  // What these are divided by.
  double norm = 1;
  // That the last comment lifts whatever blocked the ticket.
  LiftScore lift;
  // How much of the probability that moved to NOT_BLOCKED.
  double lifted = 0;
};

// Time and memory are linear in the document.
VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document, const KnownTokens& known);

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

// How much of the probability moves to NOT_BLOCKED, 0 to 1, when the last comment lifts the blocker
// with these log-odds.
double LiftedShare(const Calibration& calibration, double lift);

// What becomes of them then: the latest state wins, however loud what stood before.
std::array<double, kCategoryOutputs> ApplyLift(
    double lifted, const std::array<double, kCategoryOutputs>& categories);

}  // namespace clearway
