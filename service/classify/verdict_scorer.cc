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
  for (size_t i = 0; i < N; ++i) sum += result[i] = std::exp(margins[i] - largest);
  for (double& p : result) p /= sum;
  return result;
}

using Sums = std::array<int32_t, WeightTable::kLanes>;
static_assert(kVerdictOutputs <= WeightTable::kMaxOutputs);

// GCC's and clang's vector types: one operation on all lanes, in whatever registers the machine
// has.
using RowLanes = int8_t __attribute__((vector_size(WeightTable::kLanes)));
using NarrowLanes = int16_t __attribute__((vector_size(2 * WeightTable::kLanes)));

// The resolver behind target_clones runs before the thread sanitizer is ready for it.
#if defined(__SANITIZE_THREAD__)
#define CLEARWAY_FOR_EVERY_CPU
#else
#define CLEARWAY_FOR_EVERY_CPU __attribute__((target_clones("avx2", "default")))
#endif

// Sums rows of weights in narrow lanes and moves the sums into wide ones before they could
// overflow. Whole numbers: every instruction set gives the same sums.
CLEARWAY_FOR_EVERY_CPU void AddRows(const WeightTable& table, const uint32_t* rows, size_t count,
                                    Sums* sums) {
  // 128 times this stays within int16_t.
  constexpr size_t kMostRows = 255;
  for (size_t begin = 0; begin < count; begin += kMostRows) {
    const size_t end = std::min(count, begin + kMostRows);
    NarrowLanes narrow{};
    for (size_t i = begin; i < end; ++i) {
      RowLanes row;
      std::memcpy(&row, table.row(rows[i]), sizeof row);
      narrow += __builtin_convertvector(row, NarrowLanes);
    }
    for (size_t k = 0; k < WeightTable::kLanes; ++k) (*sums)[k] += narrow[k];
  }
}

// Sums over features, and over their squares.
struct Total {
  Sums sums{};
  double squares = 0;

  void Add(const Total& other, int quarters) {
    const double share = static_cast<double>(quarters) / kWholeWeight;
    for (size_t k = 0; k < sums.size(); ++k) sums[k] += quarters * other.sums[k];
    squares += share * share * other.squares;
  }
};

// Gathers rows, each once, and adds them up.
class Gatherer {
 public:
  Gatherer(const WeightTable& table, const Document& document, RowSet* set)
      : table_(table), seen_(table.rows() / 64 + 1), set_(*set) {
    set_.rows.reserve(std::min(document.tokens.size() + 64, table.rows()));
    set_.by_sentence.resize(document.sentences.size());
  }

  void Take(uint32_t row) {
    uint64_t& bits = seen_[row / 64];
    const uint64_t bit = uint64_t{1} << (row % 64);
    if ((bits & bit) != 0) return;
    bits |= bit;
    table_.PrefetchRow(row);
    set_.rows.push_back(row);
  }

  // What is taken between the two is the sentence's.
  void Begin(uint32_t sentence) { set_.by_sentence[sentence].begin = size(); }
  void End(uint32_t sentence) { set_.by_sentence[sentence].end = size(); }

  // Adds up what was taken since the last call.
  Total Finish() {
    Total total;
    const size_t count = set_.rows.size() - finished_;
    const uint32_t* rows = set_.rows.data() + finished_;
    AddRows(table_, rows, count, &total.sums);
    for (size_t i = 0; i < count; ++i) total.squares += double{table_.squares(rows[i])};
    finished_ = set_.rows.size();
    return total;
  }

 private:
  uint32_t size() const { return static_cast<uint32_t>(set_.rows.size()); }

  const WeightTable& table_;
  // A bit a row.
  std::vector<uint64_t> seen_;
  RowSet& set_;
  size_t finished_ = 0;
};

// Hashes of the words and pairs of the sentences in `order`, two a token: the look-ups that are to
// come, so that memory can be asked for ahead of them.
std::vector<uint64_t> TextHashes(const Document& document, const ReadingOrder& order) {
  std::vector<uint64_t> hashes(2 * document.tokens.size());
  size_t count = 0;
  for (const uint32_t s : order.sentences) {
    const Sentence& sentence = document.sentences[s];
    const uint32_t first = FieldOf(document, sentence).begin;
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      const Token& token = document.tokens[i];
      hashes[count++] = token.hash;
      if (i > first) hashes[count++] = PairHash(document.tokens[i - 1], token);
    }
  }
  hashes.resize(count);
  return hashes;
}

// Takes the features of all sentences; returns what the whole ticket's add up to.
Total GatherText(const WeightTable& table, const Document& document, Gatherer* gatherer) {
  // Far enough ahead for the memory to answer in time.
  constexpr size_t kAhead = 16;
  const ReadingOrder order = OrderSentences(document);
  const std::vector<uint64_t> hashes = TextHashes(document, order);
  size_t next = 0;
  const auto find = [&] {
    if (next + kAhead < hashes.size()) table.Prefetch(hashes[next + kAhead]);
    return table.Find(hashes[next++]);
  };
  Total total;
  size_t at = 0;
  for (size_t group = 0; group < ReadingOrder::kGroups; ++group) {
    const bool marked = group == ReadingOrder::kLastComment;
    const auto take = [&](WeightTable::Entry entry) {
      gatherer->Take(entry.row());
      if (marked && entry.has_marked_row()) gatherer->Take(entry.marked_row());
    };
    for (; at < order.ends[group]; ++at) {
      const uint32_t s = order.sentences[at];
      const Sentence& sentence = document.sentences[s];
      const uint32_t first = FieldOf(document, sentence).begin;
      gatherer->Begin(s);
      for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
        WeightTable::Entry word = find();
        const uint64_t stem = document.tokens[i].stem;
        if (!word.found() && stem != 0) word = table.Find(stem);
        if (word.found()) take(word);
        if (i == first) continue;
        const WeightTable::Entry pair = find();
        if (pair.found()) take(pair);
      }
      gatherer->End(s);
    }
    total.Add(gatherer->Finish(), ReadingOrder::Quarters(group));
  }
  return total;
}

}  // namespace

VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document) {
  VerdictScores scores;
  const WeightTable& table = model.verdict;
  Gatherer gatherer(table, document, &scores.rows);
  Total whole = GatherText(table, document, &gatherer);
  for (const uint64_t hash : StructureFeatures(ticket, tokenizer)) {
    const WeightTable::Entry entry = table.Find(hash);
    if (entry.found()) gatherer.Take(entry.row());
  }
  whole.Add(gatherer.Finish(), kWholeWeight);
  scores.norm = whole.squares > 0 ? std::sqrt(whole.squares) : 1;
  for (size_t k = 0; k < kVerdictOutputs; ++k) {
    const double scale{table.scale(k)};
    scores.margins[k] = table.bias(k) + whole.sums[k] * scale / (kWholeWeight * scores.norm);
  }
  scores.lift = ScoreLift(model.lift, document);
  scores.categories =
      ApplyLift(model.calibration, scores.lift, MixHeads(model.calibration, ReadHeads(&scores)));
  return scores;
}

Classification Decide(const Calibration& calibration, const VerdictScores& scores) {
  Classification verdict;
  const auto best = std::max_element(scores.categories.begin(), scores.categories.end());
  verdict.category = kVerdictCategories[static_cast<size_t>(best - scores.categories.begin())];
  verdict.confidence = *best;
  if (!IsBlocked(verdict.category)) return verdict;
  double best_reason = -1;
  for (size_t r = 1; r < kReasonCount; ++r) {
    const auto reason = static_cast<Reason>(r);
    if (CategoryOf(reason) == verdict.category && scores.reasons[r] > best_reason) {
      best_reason = scores.reasons[r];
      verdict.reason = reason;
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
    const Category category = CategoryOf(static_cast<Reason>(r));
    by_reason[static_cast<size_t>(category) - 1] += scores->reasons[r];
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
