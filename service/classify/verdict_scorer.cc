#include "service/classify/verdict_scorer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "service/classify/features.h"

namespace clearway {
namespace {

template <size_t N>
std::array<double, N> Softmax(const double* margins) {
  std::array<double, N> result;
  const double largest = *std::max_element(margins, margins + N);
  double sum = 0;
  for (size_t i = 0; i < N; ++i) {
    // No verdict hangs on the eighth digit.
    sum += result[i] = std::exp(static_cast<float>(margins[i] - largest));
  }
  for (double& p : result) p /= sum;
  return result;
}

// By reason: the position of its category's output.
const std::array<size_t, kReasonCount> kCategoryOutputOf = [] {
  std::array<size_t, kReasonCount> outputs{};
  for (size_t r = 0; r < kReasonCount; ++r) {
    outputs[r] = static_cast<size_t>(CategoryOf(static_cast<Reason>(r))) - 1;
  }
  return outputs;
}();

using Sums = std::array<int32_t, WeightTable::kLanes>;
static_assert(kVerdictOutputs <= WeightTable::kMaxOutputs);

// GCC's and clang's vector types: one operation on all lanes, in whatever registers the machine
// has.
constexpr size_t kHalf = WeightTable::kLanes / 2;
using HalfRow = int8_t __attribute__((vector_size(kHalf)));
using HalfSums = int16_t __attribute__((vector_size(2 * kHalf)));

// The resolver behind target_clones runs before the thread sanitizer is ready for it.
#if defined(__SANITIZE_THREAD__)
#define CLEARWAY_FOR_EVERY_CPU
#else
#define CLEARWAY_FOR_EVERY_CPU __attribute__((target_clones("avx2", "default")))
#endif

// Sums over features, and over their squares.
struct Total {
  Sums sums{};
  double squares = 0;
};

// Adds rows of weights to `total`, of which `quarters` count: in narrow lanes, moved into wide ones
// before they could overflow. Whole numbers: every instruction set gives the same sums.
CLEARWAY_FOR_EVERY_CPU void AddRows(const WeightTable& table, const uint32_t* rows, size_t count,
                                    int quarters, Total* total) {
  // 128 times this stays within int16_t.
  constexpr size_t kMostRows = 255;
  double squares = 0;
  for (size_t begin = 0; begin < count; begin += kMostRows) {
    const size_t end = std::min(count, begin + kMostRows);
    HalfSums lower{};
    HalfSums upper{};
    for (size_t i = begin; i < end; ++i) {
      const int8_t* const row = table.row(rows[i]);
      HalfRow half;
      std::memcpy(&half, row, sizeof half);
      lower += __builtin_convertvector(half, HalfSums);
      std::memcpy(&half, row + kHalf, sizeof half);
      upper += __builtin_convertvector(half, HalfSums);
    }
    for (size_t k = 0; k < kHalf; ++k) total->sums[k] += quarters * lower[k];
    for (size_t k = 0; k < kHalf; ++k) total->sums[kHalf + k] += quarters * upper[k];
    squares += WeightTable::Squares(upper[kHalf - 2], upper[kHalf - 1]);
  }
  const double share = static_cast<double>(quarters) / kWholeWeight;
  total->squares += share * share * squares;
}

// Gathers rows, each once. Without branches: whether a word is known, and whether it was met
// before, no processor can guess.
class Gatherer {
 public:
  // `rows` has room for all that will be taken and one more.
  Gatherer(const FeatureIndex& index, uint64_t* seen, uint32_t* rows)
      : finder_(index.finder()), seen_(seen), rows_(rows) {
    seen_[0] = (uint64_t{1} << WeightTable::kEmptyRows) - 1;
  }

  template <bool kMarked>
  void TakeSentence(const Document& document, const KnownTokens& known, const Sentence& sentence) {
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      uint32_t word = finder_[known.words[i]].verdict;
      const uint64_t stem = document.tokens[i].stem;
      if (word == 0 && stem != 0) word = finder_.Find(stem).verdict;
      Take<kMarked>(word);
      Take<kMarked>(finder_[known.pairs[i]].verdict);
    }
  }

  void Take(uint64_t hash) { Take<false>(finder_.Find(hash).verdict); }

  uint32_t count() const { return count_; }

 private:
  template <bool kMarked>
  void Take(uint32_t code) {
    const WeightTable::Entry entry(code);
    TakeRow(entry.row());
    if constexpr (kMarked) TakeRow(entry.marked_row());
  }

  void TakeRow(uint32_t row) {
    uint64_t& bits = seen_[row / 64];
    const uint64_t bit = uint64_t{1} << (row % 64);
    rows_[count_] = row;
    count_ += (bits & bit) == 0 ? 1 : 0;
    bits |= bit;
  }

  const FeatureIndex::Finder finder_;
  uint64_t* const seen_;
  uint32_t* const rows_;
  uint32_t count_ = 0;
};

// Takes all features of the ticket, each where it is met first; returns what they add up to.
Total GatherFeatures(const Model& model, const Document& document, const KnownTokens& known,
                     const std::pmr::vector<uint64_t>& structure, RowSet* set) {
  const WeightTable& table = model.verdict;
  const ReadingOrder order = OrderSentences(document);
  set->rows.resize(4 * document.tokens.size() + structure.size() + 1);
  set->by_sentence.resize(document.sentences.size());
  // A bit a row.
  std::pmr::vector<uint64_t> seen(table.rows() / 64 + 1, document.memory());
  uint32_t* const rows = set->rows.data();
  Gatherer gatherer(model.index, seen.data(), rows);
  Total total;
  size_t at = 0;
  for (size_t group = 0; group < ReadingOrder::kGroups; ++group) {
    const uint32_t group_begin = gatherer.count();
    for (; at < order.ends[group]; ++at) {
      const Sentence& sentence = document.sentences[order.sentences[at]];
      RowSet::Range& range = set->by_sentence[order.sentences[at]];
      range.begin = gatherer.count();
      if (group == ReadingOrder::kLastComment) {
        gatherer.TakeSentence<true>(document, known, sentence);
      } else {
        gatherer.TakeSentence<false>(document, known, sentence);
      }
      range.end = gatherer.count();
    }
    if (gatherer.count() == group_begin) continue;
    AddRows(table, rows + group_begin, gatherer.count() - group_begin,
            ReadingOrder::Quarters(group), &total);
  }
  const uint32_t structure_begin = gatherer.count();
  for (const uint64_t hash : structure) gatherer.Take(hash);
  AddRows(table, rows + structure_begin, gatherer.count() - structure_begin, kWholeWeight, &total);
  set->rows.resize(gatherer.count());
  return total;
}

}  // namespace

VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document, const KnownTokens& known) {
  VerdictScores scores(document.memory());
  const WeightTable& table = model.verdict;
  const Total whole =
      GatherFeatures(model, document, known,
                     StructureFeatures(ticket, tokenizer, document.memory()), &scores.rows);
  scores.norm = whole.squares > 0 ? std::sqrt(whole.squares) : 1;
  const double share = 1 / (kWholeWeight * scores.norm);
  for (size_t k = 0; k < kVerdictOutputs; ++k) {
    scores.margins[k] = table.bias(k) + whole.sums[k] * share * double{table.scale(k)};
  }
  scores.lift = ScoreLift(model.lift, model.index, document, known);
  scores.categories = ApplyLift(model.calibration, scores.lift.log_odds,
                                MixHeads(model.calibration, ReadHeads(&scores)));
  return scores;
}

Classification Decide(const Calibration& calibration, const VerdictScores& scores) {
  Classification verdict;
  const auto best = std::max_element(scores.categories.begin(), scores.categories.end());
  verdict.category = kVerdictCategories[static_cast<size_t>(best - scores.categories.begin())];
  verdict.confidence = *best;
  if (!IsBlocked(verdict.category)) return verdict;
  double best_reason = -1;
  const size_t output = static_cast<size_t>(verdict.category) - 1;
  for (size_t r = 1; r < kReasonCount; ++r) {
    if (kCategoryOutputOf[r] == output && scores.reasons[r] > best_reason) {
      best_reason = scores.reasons[r];
      verdict.reason = static_cast<Reason>(r);
    }
  }
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
  for (size_t r = 0; r < kReasonCount; ++r) {
    by_reason[kCategoryOutputOf[r]] += scores->reasons[r];
  }
  // Keeps the logarithm finite where a head rules a category out.
  constexpr double kLeast = 1e-12;
  HeadLogs logs;
  for (size_t c = 0; c < kCategoryOutputs; ++c) {
    logs.direct[c] = std::log(direct[c] + kLeast);
    logs.by_reason[c] = std::log(by_reason[c] + kLeast);
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

std::array<double, kCategoryOutputs> ApplyLift(
    const Calibration& calibration, double lift,
    const std::array<double, kCategoryOutputs>& categories) {
  const double margin = calibration.lift_scale * lift + calibration.lift_offset;
  // Every comment says a little of everything: what is no more than that changes nothing.
  constexpr double kDoubt = 0.2;
  const double probability = 1 / (1 + std::exp(-margin));
  const double lifted = std::max(0.0, (probability - kDoubt) / (1 - kDoubt));
  std::array<double, kCategoryOutputs> result = categories;
  for (double& p : result) p *= 1 - lifted;
  result[static_cast<size_t>(Category::kNotBlocked) - 1] += lifted;
  return result;
}

}  // namespace clearway
