#include "service/classify/lift_trainer.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "service/classify/one_vs_rest.h"

namespace clearway {
namespace {

// Of a feature, and of the role it plays.
using LiftFeature = std::pair<uint64_t, size_t>;

struct LiftRow {
  std::vector<LiftFeature> features;
  double norm = 1;
};

// Without features where there is no prose.
LiftRow LiftRowOf(const Document& document, const Field& field) {
  LiftRow row;
  size_t count = 0;
  const uint32_t last = LastProse(document, field);
  for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
    const Sentence& sentence = document.sentences[s];
    if (sentence.region != Region::kProse) continue;
    EachLiftFeature(document, sentence, [&](uint64_t hash) {
      ++count;
      row.features.emplace_back(hash, kLiftRole);
      if (s == last) row.features.emplace_back(hash, kLastLiftRole);
    });
  }
  row.norm = LiftNorm(count);
  return row;
}

struct LiftRows {
  std::vector<LiftRow> rows;
  std::vector<int> labels;

  void Add(const Document& document, const Field& field, bool lifts) {
    LiftRow row = LiftRowOf(document, field);
    if (row.features.empty()) return;
    rows.push_back(std::move(row));
    labels.push_back(lifts ? 1 : 0);
  }
};

// Ascending; those that so many comments have.
std::vector<LiftFeature> FrequentFeatures(const std::vector<LiftRow>& rows, int least) {
  std::map<LiftFeature, int> frequencies;
  for (const LiftRow& row : rows) {
    for (const LiftFeature& feature : std::set(row.features.begin(), row.features.end())) {
      ++frequencies[feature];
    }
  }
  std::vector<LiftFeature> features;
  for (const auto& [feature, count] : frequencies) {
    if (count >= least) features.push_back(feature);
  }
  return features;
}

std::vector<SparseExamples::Entry> EntriesOf(const LiftRow& row,
                                             const std::vector<LiftFeature>& features) {
  std::map<int, float> values;
  for (const LiftFeature& feature : row.features) {
    const auto found = std::lower_bound(features.begin(), features.end(), feature);
    if (found == features.end() || *found != feature) continue;
    values[static_cast<int>(found - features.begin())] += static_cast<float>(1 / row.norm);
  }
  std::vector<SparseExamples::Entry> entries;
  for (const auto& [feature, value] : values) entries.push_back({feature, value});
  return entries;
}

}  // namespace

LiftModel TrainLift(const Examples& examples, const std::vector<const LastWordExample*>& words,
                    const TrainOptions& options) {
  LiftModel model;
  if (words.empty()) return model;
  LiftRows all;
  for (const LastWordExample* word : words) {
    all.Add(word->document, word->document.fields.back(), word->word->lifts);
  }
  for (const Example* example : examples) {
    if (!IsBlocked(example->record->category)) continue;
    for (const Field& field : example->document.fields) {
      all.Add(example->document, field, /*lifts=*/false);
    }
  }
  const std::vector<LiftFeature> features = FrequentFeatures(all.rows, options.least_lift_comments);
  SparseExamples sparse;
  sparse.labels = all.labels;
  sparse.feature_count = static_cast<int>(features.size());
  sparse.class_count = 2;
  for (const LiftRow& row : all.rows) sparse.rows.push_back(EntriesOf(row, features));
  const LinearWeights trained = TrainOneVsRest(sparse, options.lift_cost, /*balanced=*/true);
  RoleTable::Weights weights;
  for (size_t f = 0; f < features.size(); ++f) weights[features[f]] = trained.weights[f][0];
  model.table = RoleTable(weights, RoleTable::kRoles, options.least_lift_weight);
  model.bias = trained.bias[0];
  return model;
}

}  // namespace clearway
