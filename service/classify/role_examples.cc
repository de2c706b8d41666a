#include "service/classify/role_examples.h"

#include <algorithm>
#include <utility>

#include "service/classify/one_vs_rest.h"

namespace clearway {

void RoleExamples::Add(std::vector<Feature> features, float value, bool label) {
  std::sort(features.begin(), features.end());
  for (size_t i = 0; i < features.size(); ++i) {
    if (i == 0 || features[i] != features[i - 1]) ++frequencies_[features[i]];
  }
  rows_.push_back({std::move(features), value});
  labels_.push_back(label ? 1 : 0);
}

double RoleExamples::Train(const Options& options, RoleTable::Weights* weights) const {
  std::map<Feature, int> index;
  std::vector<Feature> kept;
  for (const auto& [feature, count] : frequencies_) {
    if (count < options.least) continue;
    index[feature] = static_cast<int>(kept.size());
    kept.push_back(feature);
  }
  SparseExamples examples;
  examples.feature_count = static_cast<int>(kept.size());
  examples.class_count = 2;
  examples.labels = labels_;
  for (const Row& row : rows_) {
    std::vector<SparseExamples::Entry>& entries = examples.rows.emplace_back();
    for (const Feature& feature : row.features) {
      const auto found = index.find(feature);
      if (found == index.end()) continue;
      if (entries.empty() || entries.back().feature != found->second) {
        entries.push_back({found->second, 0});
      }
      entries.back().value += row.value;
    }
  }
  const LinearWeights trained = TrainOneVsRest(examples, options.cost, options.balanced);
  for (size_t f = 0; f < kept.size(); ++f) (*weights)[kept[f]] = trained.weights[f][0];
  return trained.bias[0];
}

}  // namespace clearway
