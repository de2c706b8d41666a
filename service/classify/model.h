#pragma once

#include <array>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/classify/feature_index.h"
#include "service/classify/lift.h"
#include "service/classify/party_tagger.h"
#include "service/classify/weight_table.h"
#include "service/domain/taxonomy.h"

namespace clearway {

// Outputs of the verdict's table: first the categories in the order of kVerdictCategories, then the
// reasons by number, with kUnspecified for "not blocked".
inline constexpr size_t kCategoryOutputs = kVerdictCategories.size();
inline constexpr size_t kVerdictOutputs = kCategoryOutputs + kReasonCount;

// Fitted on held-out folds, so that confidence means what it says.
struct Calibration {
  // Weight of the category head against the sum over the reason head, in log probability.
  double category_share = 0.5;
  // Sharpens (> 1) or flattens the mixture.
  double sharpness = 1;
  // Added to the mixture's log probabilities, in the order of kVerdictCategories: evens out what
  // the training data's shares of categories did to the heads.
  std::array<double, kCategoryOutputs> offsets{};
  // Of the log-odds that the last comment lifts the blocker.
  double lift_scale = 0;
  double lift_offset = -20;
  // A second category at or above this probability is reported.
  double secondary_threshold = 0.3;
  // A party below this probability is not.
  double party_threshold = 0.03;
};

// Everything training yields.
struct Model {
  std::string version;
  Calibration calibration;
  WeightTable verdict;
  PartyModel party;
  LiftModel lift;
  // Of the features of all tables.
  FeatureIndex index;
};

// Makes the index anew, once tables have changed. DATA_LOSS where their hashes agree too much.
absl::Status IndexFeatures(Model* model);

std::string SerializeModel(const Model& model);

// INVALID_ARGUMENT when `bytes` are no model file or one of another format; DATA_LOSS when damaged.
absl::StatusOr<Model> ParseModel(absl::string_view bytes);

}  // namespace clearway
