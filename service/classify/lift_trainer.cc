#include "service/classify/lift_trainer.h"

#include <map>
#include <set>
#include <utility>

#include "service/classify/one_vs_rest.h"

namespace clearway {
namespace {

void AddLiftRow(const Document& document, const Field& field, bool lifts,
                std::vector<std::vector<uint64_t>>* rows, std::vector<int>* labels) {
  std::vector<uint64_t> hashes;
  for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
    const Sentence& sentence = document.sentences[s];
    if (sentence.region != Region::kProse) continue;
    EachLiftFeature(document, sentence, [&](uint64_t hash) { hashes.push_back(hash); });
  }
  if (hashes.empty()) return;
  rows->push_back(std::move(hashes));
  labels->push_back(lifts ? 1 : 0);
}

}  // namespace

LiftModel TrainLift(const Examples& examples, const std::vector<const LastWordExample*>& words,
                    const TrainOptions& options) {
  std::vector<std::vector<uint64_t>> rows;
  SparseExamples sparse;
  for (const LastWordExample* word : words) {
    AddLiftRow(word->document, word->document.fields.back(), word->word->lifts, &rows,
               &sparse.labels);
  }
  LiftModel model;
  if (rows.empty()) return model;
  for (const Example* example : examples) {
    if (!IsBlocked(example->record->category)) continue;
    for (const Field& field : example->document.fields) {
      AddLiftRow(example->document, field, /*lifts=*/false, &rows, &sparse.labels);
    }
  }
  absl::flat_hash_map<uint64_t, int> frequencies;
  for (const std::vector<uint64_t>& row : rows) {
    for (const uint64_t hash : std::set<uint64_t>(row.begin(), row.end())) ++frequencies[hash];
  }
  const Vocabulary vocabulary(frequencies, options.least_lift_comments);
  sparse.feature_count = static_cast<int>(vocabulary.hashes.size());
  sparse.class_count = 2;
  for (const std::vector<uint64_t>& row : rows) {
    std::map<int, float> values;
    for (const uint64_t hash : row) {
      const auto found = vocabulary.index.find(hash);
      if (found != vocabulary.index.end()) {
        values[found->second] += static_cast<float>(1 / LiftNorm(row.size()));
      }
    }
    std::vector<SparseExamples::Entry>& entries = sparse.rows.emplace_back();
    for (const auto& [feature, value] : values) entries.push_back({feature, value});
  }
  const LinearWeights trained = TrainOneVsRest(sparse, options.lift_cost, /*balanced=*/true);
  RoleTable::Weights weights;
  for (size_t f = 0; f < vocabulary.hashes.size(); ++f) {
    weights[{vocabulary.hashes[f], 0}] = trained.weights[f][0];
  }
  model.table = RoleTable(weights, RoleTable::kRoles, options.least_lift_weight);
  model.bias = trained.bias[0];
  return model;
}

}  // namespace clearway
