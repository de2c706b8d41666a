#include "service/classify/calibration_trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace clearway {
namespace {

// What calibration is fitted on: a held-out record's heads and its right category.
struct HeldOut {
  HeadLogs logs;
  size_t right = 0;
  // Evens the categories out.
  double weight = 1;
};

// Weighted sum of the negative log-probabilities of the right categories.
double LogLoss(const std::vector<HeldOut>& held_out, const Calibration& calibration) {
  double sum = 0;
  for (const HeldOut& example : held_out) {
    const auto probabilities = MixHeads(calibration, example.logs);
    sum -= example.weight * std::log(probabilities[example.right] + 1e-12);
  }
  return sum;
}

// Keeps the candidate when it is better than the best so far.
void Try(const std::vector<HeldOut>& held_out, const Calibration& candidate, double* least,
         Calibration* best) {
  const double loss = LogLoss(held_out, candidate);
  if (loss >= *least) return;
  *least = loss;
  *best = candidate;
}

// Grids fine enough that a neighbour would change no verdict worth speaking of.
Calibration FitMixture(const std::vector<HeldOut>& held_out) {
  Calibration best;
  double least = LogLoss(held_out, best);
  for (int share = 0; share <= 10; ++share) {
    for (int sharpness = 2; sharpness <= 40; ++sharpness) {
      Calibration candidate = best;
      candidate.category_share = share / 10.0;
      candidate.sharpness = sharpness / 4.0;
      Try(held_out, candidate, &least, &best);
    }
  }
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t c = 0; c < kCategoryOutputs; ++c) {
      for (int step = -20; step <= 20; ++step) {
        Calibration candidate = best;
        candidate.offsets[c] = step / 10.0;
        Try(held_out, candidate, &least, &best);
      }
    }
  }
  return best;
}

// Sets the odds even where one blocked record in 200 would be taken for lifted: a blocker
// ended wrongly is worse than one ended late. `lifts` are the held-out log-odds of blocked records.
void FitLift(std::vector<double> lifts, Calibration* calibration) {
  constexpr size_t kOneIn = 200;
  if (lifts.empty()) return;
  const size_t allowed = lifts.size() / kOneIn;
  const auto even = lifts.begin() + static_cast<std::ptrdiff_t>(allowed);
  std::nth_element(lifts.begin(), even, lifts.end(), std::greater<>());
  calibration->lift_scale = 1;
  calibration->lift_offset = -calibration->lift_scale * *even;
}

}  // namespace

Calibration FitCalibration(const std::vector<Example>& examples,
                           std::vector<VerdictScores>* scores) {
  std::array<double, kCategoryOutputs> class_sizes{};
  for (const Example& example : examples) {
    class_sizes[static_cast<size_t>(example.record->category) - 1] += 1;
  }
  std::vector<HeldOut> held_out(examples.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto right = static_cast<size_t>(examples[i].record->category) - 1;
    held_out[i] = {ReadHeads(&(*scores)[i]), right, 1 / class_sizes[right]};
  }
  Calibration calibration = FitMixture(held_out);
  std::vector<double> lifts;
  for (size_t i = 0; i < examples.size(); ++i) {
    const double lift = (*scores)[i].lift.log_odds;
    if (IsBlocked(examples[i].record->category) && lift != kNoLift) lifts.push_back(lift);
  }
  FitLift(std::move(lifts), &calibration);
  return calibration;
}

}  // namespace clearway
