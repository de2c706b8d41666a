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
static_assert(kVerdictOutputs <= WeightTable::kLanes);

// GCC's and clang's vector types: one operation on all lanes, in whatever registers the machine
// has.
using RowLanes = int8_t __attribute__((vector_size(WeightTable::kLanes)));
using NarrowLanes = int16_t __attribute__((vector_size(2 * WeightTable::kLanes)));

// Sums rows of weights in narrow lanes and moves the sums into wide ones before they could
// overflow. Whole numbers: every instruction set gives the same sums.
__attribute__((target_clones("avx2", "default"))) void AddRows(const WeightTable& table,
                                                               const uint32_t* rows, size_t count,
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
  double norm() const { return squares > 0 ? std::sqrt(squares) : 1; }
};

// Looks up what a ticket's features weigh, each where it is met first.
class Gatherer {
 public:
  Gatherer(const WeightTable& table, size_t tokens, VerdictScores* scores)
      : table_(table), seen_(table.rows() / 64 + 1), scores_(*scores) {
    scores_.rows.reserve(std::min(tokens + 64, table.rows()));
  }

  void Take(const WeightTable::Entry& entry, bool last) {
    TakeRow(entry.row, entry.squares);
    if (last) TakeRow(entry.marked_row, entry.marked_squares);
  }

  uint32_t size() const { return static_cast<uint32_t>(scores_.rows.size()); }

  // Adds up what was taken since the last call.
  Total Finish() {
    Total total;
    AddRows(table_, scores_.rows.data() + finished_, scores_.rows.size() - finished_, &total.sums);
    total.squares = squares_;
    finished_ = scores_.rows.size();
    squares_ = 0;
    return total;
  }

 private:
  void TakeRow(uint32_t row, float squares) {
    if (row == WeightTable::kNoRow) return;
    uint64_t& bits = seen_[row / 64];
    const uint64_t bit = uint64_t{1} << (row % 64);
    if ((bits & bit) != 0) return;
    bits |= bit;
    table_.PrefetchRow(row);
    scores_.rows.push_back(row);
    squares_ += double{squares};
  }

  const WeightTable& table_;
  // A bit a row.
  std::vector<uint64_t> seen_;
  VerdictScores& scores_;
  size_t finished_ = 0;
  double squares_ = 0;
};

// Hashes of the words and pairs of the sentences in `order`, two a token: the look-ups that are to
// come, so that memory can be asked for ahead of them.
std::vector<uint64_t> TextHashes(const Document& document, const ReadingOrder& order) {
  std::vector<uint64_t> hashes;
  hashes.reserve(2 * document.tokens.size());
  for (const uint32_t s : order.sentences) {
    const Sentence& sentence = document.sentences[s];
    const uint32_t first = FieldOf(document, sentence).begin;
    for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
      const Token& token = document.tokens[i];
      hashes.push_back(token.hash);
      if (i > first) hashes.push_back(PairHash(document.tokens[i - 1], token));
    }
  }
  return hashes;
}

// Of the groups of the reading order.
std::array<Total, ReadingOrder::kGroups> GatherText(const WeightTable& table,
                                                    const Document& document,
                                                    Gatherer* gatherer, VerdictScores* scores) {
  // Far enough ahead for the memory to answer in time.
  constexpr size_t kAhead = 16;
  const ReadingOrder order = OrderSentences(document);
  const std::vector<uint64_t> hashes = TextHashes(document, order);
  size_t next = 0;
  const auto find = [&] {
    if (next + kAhead < hashes.size()) table.Prefetch(hashes[next + kAhead]);
    return table.Find(hashes[next++]);
  };
  scores->sentence_rows.resize(document.sentences.size());
  std::array<Total, ReadingOrder::kGroups> totals;
  size_t at = 0;
  for (size_t group = 0; group < ReadingOrder::kGroups; ++group) {
    for (; at < order.ends[group]; ++at) {
      const uint32_t s = order.sentences[at];
      const Sentence& sentence = document.sentences[s];
      const Field& field = FieldOf(document, sentence);
      const bool last = field.kind == Field::Kind::kLastComment;
      scores->sentence_rows[s].begin = gatherer->size();
      for (uint32_t i = sentence.begin; i < sentence.end; ++i) {
        const WeightTable::Entry* word = find();
        const uint64_t stem = document.tokens[i].stem;
        if (word == nullptr && stem != 0) word = table.Find(stem);
        if (word != nullptr) gatherer->Take(*word, last);
        if (i == field.begin) continue;
        const WeightTable::Entry* pair = find();
        if (pair != nullptr) gatherer->Take(*pair, last);
      }
      scores->sentence_rows[s].end = gatherer->size();
    }
    totals[group] = gatherer->Finish();
  }
  return totals;
}

}  // namespace

VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document) {
  VerdictScores scores;
  const WeightTable& table = model.verdict;
  Gatherer gatherer(table, document.tokens.size(), &scores);
  const std::array<Total, ReadingOrder::kGroups> groups =
      GatherText(table, document, &gatherer, &scores);
  for (const uint64_t hash : StructureFeatures(ticket, tokenizer)) {
    const WeightTable::Entry* entry = table.Find(hash);
    if (entry != nullptr) gatherer.Take(*entry, /*last=*/false);
  }
  Total whole;
  whole.Add(gatherer.Finish(), kWholeWeight);
  for (size_t group = 0; group < groups.size(); ++group) {
    whole.Add(groups[group], ReadingOrder::Quarters(group));
  }
  const Total& last = groups[ReadingOrder::kLastComment];
  scores.norm = whole.norm();
  scores.last_norm = last.norm();
  for (size_t k = 0; k < kVerdictOutputs; ++k) {
    const double scale{table.scale(k)};
    scores.margins[k] = table.bias(k) + whole.sums[k] * scale / (kWholeWeight * scores.norm);
    scores.last_margins[k] = last.sums[k] * scale / scores.last_norm;
  }
  const HeadLogs logs = ReadHeads(model.calibration.last_comment_share, &scores);
  scores.categories = MixHeads(model.calibration, logs);
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

HeadLogs ReadHeads(double last_comment_share, VerdictScores* scores) {
  std::array<double, kVerdictOutputs> margins;
  for (size_t k = 0; k < kVerdictOutputs; ++k) {
    margins[k] = scores->margins[k] + last_comment_share * scores->last_margins[k];
  }
  scores->reasons = Softmax<kReasonCount>(margins.data() + kCategoryOutputs);
  const auto direct = Softmax<kCategoryOutputs>(margins.data());
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

}  // namespace clearway
