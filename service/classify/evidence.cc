#include "service/classify/evidence.h"

#include <algorithm>
#include <numeric>

#include "service/classify/code_points.h"
#include "service/classify/features.h"

namespace clearway {
namespace {

constexpr size_t kMaxEvidence = 3;
// Weaker sentences, measured against the strongest, are not worth a reader's time.
constexpr double kLeastShare = 0.25;

}  // namespace

std::vector<double> SentenceWeights(const WeightTable& table, const Document& document,
                                    const VerdictScores& scores, Category category, Reason reason) {
  const size_t category_output = static_cast<size_t>(category) - 1;
  const size_t reason_output = kCategoryOutputs + static_cast<size_t>(reason);
  const double category_scale = table.scale(category_output) / scores.norm / 2;
  const double reason_scale = table.scale(reason_output) / scores.norm / 2;
  std::vector<double> by_token(document.tokens.size());
  for (const FeatureHit& hit : scores.hits) {
    if (hit.token == kNoToken) continue;
    const int8_t* weights = table.row(hit.row);
    const double weight =
        weights[category_output] * category_scale + weights[reason_output] * reason_scale;
    by_token[hit.token] += weight / scores.hits[hit.first].count;
  }
  std::vector<double> by_sentence;
  by_sentence.reserve(document.sentences.size());
  for (const Sentence& sentence : document.sentences) {
    const auto begin = by_token.begin() + sentence.begin;
    by_sentence.push_back(std::accumulate(begin, by_token.begin() + sentence.end, 0.0));
  }
  return by_sentence;
}

std::vector<uint32_t> StrongestSentences(const std::vector<double>& weights, size_t limit) {
  std::vector<uint32_t> strongest;
  for (uint32_t s = 0; s < weights.size(); ++s) {
    if (weights[s] > 0) strongest.push_back(s);
  }
  const size_t count = std::min(limit, strongest.size());
  // Of equals the later one: the latest state wins.
  std::partial_sort(strongest.begin(), strongest.begin() + static_cast<std::ptrdiff_t>(count),
                    strongest.end(), [&](uint32_t a, uint32_t b) {
                      return weights[a] != weights[b] ? weights[a] > weights[b] : a > b;
                    });
  strongest.resize(count);
  return strongest;
}

std::vector<Evidence> QuoteEvidence(const Document& document, const std::vector<double>& weights,
                                    const std::vector<uint32_t>& sentences) {
  std::vector<Evidence> evidence;
  for (const uint32_t s : sentences) {
    if (evidence.size() == kMaxEvidence || weights[s] < kLeastShare * weights[sentences.front()])
      break;
    const Sentence& sentence = document.sentences[s];
    const Field& field = FieldOf(document, sentence.begin);
    const uint32_t begin = document.tokens[sentence.begin].begin;
    const uint32_t end = document.tokens[sentence.end - 1].end;
    const absl::string_view text = field.text.substr(begin, end - begin);
    const auto begin_code_point = static_cast<int>(CountCodePoints(field.text.substr(0, begin)));
    evidence.push_back({field.name(), static_cast<int>(begin), static_cast<int>(end),
                        std::string(text), weights[s], begin_code_point,
                        begin_code_point + static_cast<int>(CountCodePoints(text))});
  }
  return evidence;
}

}  // namespace clearway
