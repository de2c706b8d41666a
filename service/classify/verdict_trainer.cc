#include "service/classify/verdict_trainer.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"

#include "service/classify/features.h"
#include "service/classify/model.h"
#include "service/classify/one_vs_rest.h"

namespace clearway {
namespace {

// Every hash that some feature of the example has, each once.
std::vector<uint64_t> AllHashes(const Example& example) {
  std::vector<uint64_t> hashes(example.structure.begin(), example.structure.end());
  for (const std::vector<Unit>* units : {&example.words, &example.pairs}) {
    for (const Unit& unit : *units) {
      for (const uint64_t hash : {unit.hash, unit.stem}) {
        if (hash == 0) continue;
        hashes.push_back(hash);
        if (unit.last) hashes.push_back(MarkedHash(hash));
      }
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

// The features that the verdict is learned from, and what becomes of them in the table: there a
// word and its stem are one entry, which at work is one look-up.
class VerdictFeatures {
 public:
  VerdictFeatures(const Examples& examples, int least) : vocabulary_(Count(examples), least) {
    const auto count = static_cast<double>(examples.size());
    for (const int seen : vocabulary_.counts) {
      idfs_.push_back(static_cast<float>(std::log((count + 1) / (seen + 1)) + 1));
    }
    for (const Example* example : examples) {
      for (const Unit& word : example->words) AddSlot({word.hash, word.stem});
      for (const Unit& word : example->words) {
        if (word.stem != 0) AddSlot({word.stem, 0});
      }
      for (const Unit& pair : example->pairs) AddSlot({pair.hash, 0});
      for (const uint64_t hash : example->structure) AddSlot({hash, 0});
    }
  }

  int size() const { return static_cast<int>(idfs_.size()); }

  // What the classifier will see of an example.
  std::vector<SparseExamples::Entry> Row(const Example& example) const {
    RowBuilder row(*this);
    for (const Unit& word : example.words) {
      row.Add(Knows(word.hash) ? Slot{word.hash, word.stem} : Slot{word.stem, 0}, word);
    }
    for (const Unit& pair : example.pairs) row.Add({pair.hash, 0}, pair);
    for (const uint64_t hash : example.structure) row.Add({hash, 0}, Unit());
    return row.Finish();
  }

  // Rows for the table, from weights trained on rows as above.
  std::vector<WeightTable::Feature> TableFeatures(
      const std::vector<const LinearWeights*>& heads) const {
    std::vector<WeightTable::Feature> features;
    for (const auto& [hash, stem] : slots_) {
      WeightTable::Feature& feature = features.emplace_back();
      feature.hash = hash;
      feature.weights = Weights(Parts({hash, stem}, /*marked=*/false), heads);
      feature.marked = Weights(Parts({hash, stem}, /*marked=*/true), heads);
      // Or the word would be taken for an unknown one, and its stem looked up instead.
      feature.keep = stem != 0 && Knows(stem);
    }
    return features;
  }

 private:
  // An entry of the table.
  struct Slot {
    uint64_t hash = 0;
    uint64_t stem = 0;
  };

  static absl::flat_hash_map<uint64_t, int> Count(const Examples& examples) {
    absl::flat_hash_map<uint64_t, int> frequencies;
    for (const Example* example : examples) {
      for (const uint64_t hash : AllHashes(*example)) ++frequencies[hash];
    }
    return frequencies;
  }

  bool Knows(uint64_t hash) const { return vocabulary_.index.contains(hash); }

  void AddSlot(Slot slot) {
    if (Knows(slot.hash)) slots_[slot.hash] = slot.stem;
  }

  // Numbers of the features that a slot stands for.
  std::vector<int> Parts(Slot slot, bool marked) const {
    std::vector<int> parts;
    for (const uint64_t hash : {slot.hash, slot.stem}) {
      if (hash == 0) continue;
      const auto found = vocabulary_.index.find(marked ? MarkedHash(hash) : hash);
      if (found != vocabulary_.index.end()) parts.push_back(found->second);
    }
    return parts;
  }

  WeightTable::Weights Weights(const std::vector<int>& parts,
                               const std::vector<const LinearWeights*>& heads) const {
    WeightTable::Weights result;
    if (parts.empty()) return result;
    for (const LinearWeights* head : heads) {
      for (size_t k = 0; k < head->bias.size(); ++k) {
        double sum = 0;
        for (const int part : parts) {
          const auto p = static_cast<size_t>(part);
          sum += head->weights[p][k] * double{idfs_[p]};
        }
        result.values.push_back(sum);
      }
    }
    for (const int part : parts) {
      const float idf = idfs_[static_cast<size_t>(part)];
      result.squares += idf * idf;
    }
    return result;
  }

  // Adds up an example's features as the classifier does: a slot counts where it is met first.
  class RowBuilder {
   public:
    explicit RowBuilder(const VerdictFeatures& features) : features_(features) {}

    void Add(Slot slot, const Unit& unit) {
      if (slot.hash == 0 || !features_.Knows(slot.hash)) return;
      AddParts(slot, /*marked=*/false, unit.share);
      if (unit.last) AddParts(slot, /*marked=*/true, unit.share);
    }

    std::vector<SparseExamples::Entry> Finish() {
      std::vector<SparseExamples::Entry> row;
      for (const auto& [feature, value] : values_) {
        row.push_back({feature, static_cast<float>(value / std::sqrt(squares_))});
      }
      return row;
    }

   private:
    void AddParts(Slot slot, bool marked, float share) {
      if (!seen_.insert(marked ? MarkedHash(slot.hash) : slot.hash).second) return;
      for (const int part : features_.Parts(slot, marked)) {
        const double value = share * features_.idfs_[static_cast<size_t>(part)];
        values_[part] += value;
        squares_ += value * value;
      }
    }

    const VerdictFeatures& features_;
    absl::flat_hash_set<uint64_t> seen_;
    std::map<int, double> values_;
    double squares_ = 0;
  };

  const Vocabulary vocabulary_;
  std::vector<float> idfs_;
  // Stem by hash.
  std::map<uint64_t, uint64_t> slots_;
};

}  // namespace

WeightTable TrainVerdict(const Examples& examples, const TrainOptions& options) {
  const VerdictFeatures features(examples, options.least_records);
  SparseExamples rows;
  rows.feature_count = features.size();
  for (const Example* example : examples) rows.rows.push_back(features.Row(*example));
  rows.class_count = static_cast<int>(kCategoryOutputs);
  for (const Example* example : examples) {
    rows.labels.push_back(static_cast<int>(example->record->category) - 1);
  }
  const LinearWeights categories = TrainOneVsRest(rows, options.category_cost, /*balanced=*/true);
  // People's corrections may leave the reason open; such records teach the category alone.
  SparseExamples reasoned;
  reasoned.feature_count = rows.feature_count;
  reasoned.class_count = kReasonCount;
  for (size_t i = 0; i < examples.size(); ++i) {
    const LabelledRecord& record = *examples[i]->record;
    if (CategoryOf(record.reason) != record.category) continue;
    reasoned.rows.push_back(std::move(rows.rows[i]));
    reasoned.labels.push_back(static_cast<int>(record.reason));
  }
  const LinearWeights reasons = TrainOneVsRest(reasoned, options.reason_cost, /*balanced=*/true);

  std::vector<double> bias = categories.bias;
  bias.insert(bias.end(), reasons.bias.begin(), reasons.bias.end());
  return WeightTable(features.TableFeatures({&categories, &reasons}), bias);
}

}  // namespace clearway
