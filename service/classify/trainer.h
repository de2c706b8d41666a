#pragma once

#include <vector>

#include "absl/status/statusor.h"

#include "service/classify/last_word.h"
#include "service/classify/model.h"
#include "service/classify/record.h"
#include "service/classify/train_options.h"
#include "service/domain/classification.h"

namespace clearway {

struct Tally {
  int right = 0;
  int cases = 0;
};

struct TrainingResult {
  Model model;
  // What models that had not seen a record said of it, by record; without evidence.
  std::vector<Classification> held_out;
  // Blocked records with a last word behind them that lifts the blocker, or does not, neither of
  // which their model had seen: whether the verdict is blocked no more, or still.
  Tally lifted;
  Tally not_lifted;
};

// Trains one-vs-rest logistic regression on idf-weighted presence of features (L2-regularised,
// classes weighted inversely to their frequency; solved by liblinear's trust-region Newton method,
// Lin et al., JMLR 9, 2008), and fits the calibration on held-out folds by log-loss.
// Single-threaded and free of randomness: the same records in the same order give the same model.
//
// Every blocked record is learned from once more with one of `last_words` behind it, half of the
// time one that lifts the blocker, where one of its language fits; a record's fold is that of both.
//
// INVALID_ARGUMENT when a record has no labels or some verdict has no record.
absl::StatusOr<TrainingResult> TrainModel(const std::vector<LabelledRecord>& records,
                                          const std::vector<LastWord>& last_words,
                                          const TrainOptions& options);

}  // namespace clearway
