#include "service/classify/verdict_scorer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "service/classify/features.h"
#include "service/classify/float_math.h"

namespace clearway {
namespace {

// By reason: the position of its category's output.
constexpr std::array<size_t, kReasonCount> kCategoryOutputOf = [] {
  std::array<size_t, kReasonCount> outputs{};
  for (size_t r = 0; r < kReasonCount; ++r) {
    outputs[r] = static_cast<size_t>(CategoryOf(static_cast<Reason>(r))) - 1;
  }
  return outputs;
}();

static_assert(kVerdictOutputs <= WeightTable::kMaxOutputs);

// Adds up rows of weights.
class RowSum {
 public:
  // 128 times so many stay within int16_t.
  static constexpr uint32_t kMostRows = 255;

  void Add(const WeightTable::Row& row) {
    for (size_t p = 0; p < kParts; ++p) {
      parts_[p] += *reinterpret_cast<const Part*>(&row.lanes[p * kLanesOfPart]);
    }
  }

  // Not inlined, or the compiler mixes it up with the loops around it.
  [[gnu::noinline]] void AddTo(LaneSums* sums) const {
    std::array<int16_t, WeightTable::kLanes> lanes;
    std::memcpy(lanes.data(), parts_, sizeof lanes);
    for (size_t k = 0; k < lanes.size(); ++k) (*sums)[k] += lanes[k];
  }

 private:
  // GCC's and clang's vector types: one operation on all lanes.
  static constexpr size_t kLanesOfPart = 8;
  static constexpr size_t kParts = WeightTable::kLanes / kLanesOfPart;
  using Part = int16_t __attribute__((vector_size(kLanesOfPart * sizeof(int16_t)), may_alias));

  Part parts_[kParts]{};
};

// Adds up the rows of features, each where it is met first. Without branches: whether a word is
// known, and whether it was met before, no processor can guess.
class Gatherer {
 public:
  // `seen` has a bit for every row of the table: that of a feature, whose marked one is not asked.
  Gatherer(const Model& model, uint64_t* seen)
      : finder_(model.index.finder()), table_(model.verdict), seen_(seen) {}

  template <bool kMarked>
  void TakeSentence(const KnownTokens& known, const Sentence& sentence, LaneSums* sums) {
    constexpr uint32_t kMost = kMarked ? RowSum::kMostRows / 2 : RowSum::kMostRows;
    const uint32_t last = known.verdict_ends[sentence.end];
    for (uint32_t begin = known.verdict_ends[sentence.begin]; begin < last; begin += kMost) {
      const uint32_t end = std::min(last, begin + kMost);
      RowSum sum;
      for (uint32_t i = begin; i < end; ++i) Take<kMarked>(known.verdict[i], &sum);
      sum.AddTo(sums);
    }
  }

  void TakeAll(const std::pmr::vector<uint64_t>& hashes, LaneSums* sums) {
    for (size_t begin = 0; begin < hashes.size(); begin += RowSum::kMostRows) {
      const size_t end = std::min(hashes.size(), begin + RowSum::kMostRows);
      RowSum sum;
      for (size_t i = begin; i < end; ++i) Take<false>(finder_.Find(hashes[i]).verdict, &sum);
      sum.AddTo(sums);
    }
  }

 private:
  // Adds empty rows in place of those of a feature that was met before.
  template <bool kMarked>
  void Take(uint32_t code, RowSum* sum) {
    const WeightTable::Entry entry(code);
    const uint32_t row = entry.row();
    uint64_t& bits = seen_[row / 64];
    const auto if_first = static_cast<uint32_t>(bits >> (row % 64) & 1) - 1;
    bits |= uint64_t{1} << (row % 64);
    sum->Add(table_.row(row & if_first));
    // The last comment is read first: both rows are new, or none.
    if constexpr (kMarked) sum->Add(table_.row(entry.marked_row() & if_first));
  }

  const FeatureIndex::Finder finder_;
  const WeightTable& table_;
  uint64_t* const seen_;
};

// Finds the largest of some probabilities, the first among equals. Without a branch, which no
// processor could guess.
class Likeliest {
 public:
  void Consider(size_t number, double probability) {
    // What is not negative is in the order of its bits.
    const uint64_t bits = std::bit_cast<uint64_t>(probability) + 1;
    const uint64_t if_larger = 0 - static_cast<uint64_t>(bits > largest_);
    largest_ ^= (largest_ ^ bits) & if_larger;
    number_ ^= (number_ ^ number) & if_larger;
  }
  size_t number() const { return number_; }

 private:
  uint64_t largest_ = 0;
  size_t number_ = 0;
};

// Of each category, by the position of its output. Those of all, so that none need wait for which
// category it is.
std::array<Reason, kCategoryOutputs> LikeliestReasons(const VerdictScores& scores) {
  std::array<Likeliest, kCategoryOutputs> likeliest{};
#pragma GCC unroll 32
  for (size_t r = 0; r < kReasonCount; ++r) {
    likeliest[kCategoryOutputOf[r]].Consider(r, scores.reasons[r]);
  }
  std::array<Reason, kCategoryOutputs> reasons{};
  for (size_t c = 0; c < reasons.size(); ++c) {
    reasons[c] = static_cast<Reason>(likeliest[c].number());
  }
  return reasons;
}

// What all features of a ticket add up to.
struct Total {
  LaneSums sums{};
  double squares = 0;

  // Of what is added `quarters` count.
  void Add(const LaneSums& added, int quarters) {
    for (size_t k = 0; k < added.size(); ++k) sums[k] += quarters * added[k];
    const double share = static_cast<double>(quarters) / kWholeWeight;
    squares +=
        share * share * WeightTable::Squares(added[added.size() - 2], added[added.size() - 1]);
  }
};

// Also says what was met in which sentence.
Total GatherFeatures(const Model& model, const Document& document, const KnownTokens& known,
                     const std::pmr::vector<uint64_t>& structure,
                     std::pmr::vector<LaneSums>* by_sentence) {
  const ReadingOrder order = OrderSentences(document);
  by_sentence->resize(document.sentences.size());
  std::pmr::vector<uint64_t> seen(model.verdict.rows() / 64 + 1, document.memory());
  Gatherer gatherer(model, seen.data());
  Total total;
  size_t at = 0;
  for (size_t group = 0; group < ReadingOrder::kGroups; ++group) {
    if (at == order.ends[group]) continue;
    LaneSums of_group{};
    for (; at < order.ends[group]; ++at) {
      const Sentence& sentence = document.sentences[order.sentences[at]];
      LaneSums* const sums = &(*by_sentence)[order.sentences[at]];
      if (group == ReadingOrder::kLastComment) {
        gatherer.TakeSentence<true>(known, sentence, sums);
      } else {
        gatherer.TakeSentence<false>(known, sentence, sums);
      }
      for (size_t k = 0; k < of_group.size(); ++k) of_group[k] += (*sums)[k];
    }
    total.Add(of_group, ReadingOrder::Quarters(group));
  }
  LaneSums of_structure{};
  gatherer.TakeAll(structure, &of_structure);
  total.Add(of_structure, kWholeWeight);
  return total;
}

}  // namespace

VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document, const KnownTokens& known) {
  VerdictScores scores(document.memory());
  const WeightTable& table = model.verdict;
  const Total whole =
      GatherFeatures(model, document, known,
                     StructureFeatures(ticket, tokenizer, document.memory()), &scores.by_sentence);
  scores.norm = whole.squares > 0 ? std::sqrt(whole.squares) : 1;
  const double share = 1 / (kWholeWeight * scores.norm);
  for (size_t k = 0; k < kVerdictOutputs; ++k) {
    scores.margins[k] = table.bias(k) + whole.sums[k] * share * double{table.scale(k)};
  }
  scores.lift = ScoreLift(model.lift, model.index, document, known);
  scores.lifted = LiftedShare(model.calibration, scores.lift.log_odds);
  scores.categories = ApplyLift(scores.lifted, MixHeads(model.calibration, ReadHeads(&scores)));
  return scores;
}

Classification Decide(const Calibration& calibration, const VerdictScores& scores) {
  Classification verdict;
  Likeliest best;
  for (size_t c = 0; c < kCategoryOutputs; ++c) best.Consider(c, scores.categories[c]);
  verdict.category = kVerdictCategories[best.number()];
  verdict.confidence = scores.categories[best.number()];
  if (!IsBlocked(verdict.category)) return verdict;
  verdict.reason = LikeliestReasons(scores)[static_cast<size_t>(verdict.category) - 1];
  double best_secondary = calibration.secondary_threshold;
  for (size_t c = 0; c < kCategoryOutputs; ++c) {
    const Category category = kVerdictCategories[c];
    if (category == verdict.category || !IsBlocked(category)) continue;
    if (scores.categories[c] >= best_secondary) {
      best_secondary = scores.categories[c];
      verdict.secondary = category;
    }
  }
  return verdict;
}

HeadLogs ReadHeads(VerdictScores* scores) {
  scores->reasons = Softmax<kReasonCount>(scores->margins.data() + kCategoryOutputs);
  const auto direct = Softmax<kCategoryOutputs>(scores->margins.data());
  std::array<double, kCategoryOutputs> by_reason{};
#pragma GCC unroll 32
  for (size_t r = 0; r < kReasonCount; ++r) by_reason[kCategoryOutputOf[r]] += scores->reasons[r];
  // Keeps the logarithm finite where a head rules a category out.
  constexpr float kLeast = 1e-12F;
  std::array<float, 2 * kCategoryOutputs> logarithms{};
  for (size_t c = 0; c < kCategoryOutputs; ++c) {
    logarithms[c] = static_cast<float>(direct[c]) + kLeast;
    logarithms[kCategoryOutputs + c] = static_cast<float>(by_reason[c]) + kLeast;
  }
  for (float& logarithm : logarithms) logarithm = LogOf(logarithm);
  HeadLogs logs;
  for (size_t c = 0; c < kCategoryOutputs; ++c) {
    logs.direct[c] = double{logarithms[c]};
    logs.by_reason[c] = double{logarithms[kCategoryOutputs + c]};
  }
  return logs;
}

std::array<double, kCategoryOutputs> MixHeads(const Calibration& calibration,
                                              const HeadLogs& logs) {
  std::array<double, kCategoryOutputs> mixed{};
  for (size_t c = 0; c < kCategoryOutputs; ++c) {
    mixed[c] = calibration.offsets[c] +
               calibration.sharpness * (calibration.category_share * logs.direct[c] +
                                        (1 - calibration.category_share) * logs.by_reason[c]);
  }
  return Softmax<kCategoryOutputs>(mixed.data());
}

double LiftedShare(const Calibration& calibration, double lift) {
  const double margin = calibration.lift_scale * lift + calibration.lift_offset;
  // Every comment says a little of everything: what is no more than that changes nothing.
  constexpr double kDoubt = 0.2;
  const double probability = 1 / (1 + std::exp(-margin));
  return std::max(0.0, (probability - kDoubt) / (1 - kDoubt));
}

std::array<double, kCategoryOutputs> ApplyLift(
    double lifted, const std::array<double, kCategoryOutputs>& categories) {
  std::array<double, kCategoryOutputs> result = categories;
  for (double& p : result) p *= 1 - lifted;
  result[static_cast<size_t>(Category::kNotBlocked) - 1] += lifted;
  return result;
}

}  // namespace clearway
