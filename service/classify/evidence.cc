#include "service/classify/evidence.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "service/classify/code_points.h"
#include "service/classify/features.h"

namespace clearway {
namespace {

// Weaker sentences, measured against the strongest, are not worth a reader's time.
constexpr double kLeastShare = 0.25;

// `text` is of the field.
size_t CodePointsOf(const Field& field, absl::string_view text) {
  if (field.encoding == Encoding::kAscii) return text.size();
  return field.encoding == Encoding::kUtf8 ? CountUtf8CodePoints(text) : CountCodePoints(text);
}

// In the order of the weights, none of which is NaN.
int64_t LoudnessOf(double weight) {
  // Makes a zero of a negative one.
  const auto bits = std::bit_cast<int64_t>(weight + 0.0);
  return bits ^ static_cast<int64_t>(static_cast<uint64_t>(bits >> 63) >> 1);
}

}  // namespace

std::pmr::vector<double> SentenceWeights(const Model& model, const Document& document,
                                         const VerdictScores& scores, Category category,
                                         Reason reason) {
  const WeightTable& table = model.verdict;
  const size_t category_output = static_cast<size_t>(category) - 1;
  const size_t reason_output = kCategoryOutputs + static_cast<size_t>(reason);
  const double category_scale = table.scale(category_output) / 2.0;
  const double reason_scale = table.scale(reason_output) / 2.0;
  // As much as the lift decided.
  const double lift_scale =
      category == Category::kNotBlocked ? model.calibration.lift_scale * scores.lifted : 0;
  std::pmr::vector<double> by_sentence(document.memory());
  by_sentence.reserve(document.sentences.size());
  for (size_t s = 0; s < document.sentences.size(); ++s) {
    const Sentence& sentence = document.sentences[s];
    const double quarters = RegionQuarters(sentence.region);
    const LaneSums& sums = scores.by_sentence[s];
    double weight = (sums[category_output] * category_scale + sums[reason_output] * reason_scale) /
                    scores.norm * quarters / kWholeWeight;
    if (lift_scale > 0 && IsLastWord(document, sentence)) {
      const size_t in_field = s - FieldOf(document, sentence).first_sentence;
      weight += lift_scale * scores.lift.by_sentence[in_field];
    }
    by_sentence.push_back(weight);
  }
  return by_sentence;
}

std::pmr::vector<uint32_t> LoudestSentences(const std::pmr::vector<double>& weights, size_t limit) {
  // The loudest so far, the loudest first. Every sentence takes the place of those that it drowns,
  // without a branch: who is louder, no processor can guess.
  const size_t most = std::min({limit, weights.size(), kMostLoudest});
  std::array<int64_t, kMostLoudest> loudness;
  loudness.fill(std::numeric_limits<int64_t>::min());
  std::array<uint32_t, kMostLoudest> numbers{};
  for (size_t s = 0; s < weights.size(); ++s) {
    int64_t mine = LoudnessOf(weights[s]);
    auto number = static_cast<uint32_t>(s);
    const size_t taken = std::min(s + 1, most);
    for (size_t k = 0; k < taken; ++k) {
      // Of equals the later one: the latest state wins. All ones, or 0.
      const int64_t louder = -static_cast<int64_t>(mine >= loudness[k]);
      const int64_t change = (mine ^ loudness[k]) & louder;
      const uint32_t other = (number ^ numbers[k]) & static_cast<uint32_t>(louder);
      mine ^= change;
      loudness[k] ^= change;
      number ^= other;
      numbers[k] ^= other;
    }
  }
  return {numbers.data(), numbers.data() + most, weights.get_allocator()};
}

std::vector<Evidence> QuoteEvidence(const Document& document,
                                    const std::pmr::vector<double>& weights,
                                    const std::pmr::vector<uint32_t>& sentences) {
  std::vector<Evidence> evidence;
  evidence.reserve(std::min(kMaxEvidence, sentences.size()));
  for (const uint32_t s : sentences) {
    if (evidence.size() == kMaxEvidence || weights[s] <= 0 ||
        weights[s] < kLeastShare * weights[sentences.front()]) {
      break;
    }
    const Sentence& sentence = document.sentences[s];
    const Field& field = FieldOf(document, sentence);
    const uint32_t begin = document.tokens[sentence.begin].begin;
    const uint32_t end = document.tokens[sentence.end - 1].end;
    const absl::string_view text = TextOf(document, sentence);
    const size_t begin_code_point = CodePointsOf(field, field.text.substr(0, begin));
    const size_t end_code_point = begin_code_point + CodePointsOf(field, text);
    evidence.push_back({field.name(), static_cast<int>(begin), static_cast<int>(end),
                        std::string(text), weights[s], static_cast<int>(begin_code_point),
                        static_cast<int>(end_code_point)});
  }
  return evidence;
}

}  // namespace clearway
