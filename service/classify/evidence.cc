#include "service/classify/evidence.h"

#include <algorithm>

#include "service/classify/features.h"

namespace clearway {
namespace {

constexpr size_t kMaxEvidence = 3;
// Weaker sentences, measured against the strongest, are not worth a reader's time.
constexpr double kLeastShare = 0.25;

}  // namespace

std::vector<Evidence> FindEvidence(const WeightTable& table, const Document& document,
                                   const VerdictScores& scores, Category category, Reason reason) {
  const size_t category_output = static_cast<size_t>(category) - 1;
  const size_t reason_output = kCategoryOutputs + static_cast<size_t>(reason);
  std::vector<double> by_token(document.tokens.size());
  for (const FeatureHit& hit : scores.hits) {
    if (hit.token == kNoToken) continue;
    const int8_t* weights = table.row(hit.row);
    const double weight = weights[category_output] * double{table.scale(category_output)} +
                          weights[reason_output] * double{table.scale(reason_output)};
    by_token[hit.token] += weight / 2 / scores.norm / scores.hits[hit.first].count;
  }

  std::vector<Evidence> evidence;
  for (const Field& field : document.fields) {
    for (uint32_t s = field.first_sentence; s < field.last_sentence; ++s) {
      const Sentence& sentence = document.sentences[s];
      double weight = 0;
      for (uint32_t i = sentence.begin; i < sentence.end; ++i) weight += by_token[i];
      if (weight <= 0) continue;
      // Cheap first: text is only copied for those that stay.
      Evidence found;
      found.begin = static_cast<int>(document.tokens[sentence.begin].begin);
      found.end = static_cast<int>(document.tokens[sentence.end - 1].end);
      found.weight = weight;
      const auto place = std::upper_bound(evidence.begin(), evidence.end(), weight,
                                          [](double w, const Evidence& e) { return w > e.weight; });
      if (place == evidence.end() && evidence.size() == kMaxEvidence) continue;
      found.field = field.name();
      found.text = std::string(field.text.substr(static_cast<size_t>(found.begin),
                                                 static_cast<size_t>(found.end - found.begin)));
      evidence.insert(place, std::move(found));
      if (evidence.size() > kMaxEvidence) evidence.pop_back();
    }
  }
  while (evidence.size() > 1 && evidence.back().weight < kLeastShare * evidence.front().weight) {
    evidence.pop_back();
  }
  return evidence;
}

}  // namespace clearway
