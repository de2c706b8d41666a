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

// Finds a feature's first occurrence by its row: open addressing, grown by doubling.
class FirstOccurrence {
 public:
  explicit FirstOccurrence(size_t expected) {
    size_t size = 64;
    while (size < expected * 2) size *= 2;
    slots_.assign(size, Slot());
  }

  // The hit that `row` was first seen at; `hit` itself when it is new.
  uint32_t Insert(uint32_t row, uint32_t hit) {
    if ((used_ + 1) * 2 > slots_.size()) Grow();
    Slot& slot = Locate(row);
    if (slot.row == row) return slot.hit;
    slot = {row, hit};
    ++used_;
    return hit;
  }

 private:
  struct Slot {
    uint32_t row = WeightTable::kNotFound;
    uint32_t hit = 0;
  };

  Slot& Locate(uint32_t row) {
    const size_t mask = slots_.size() - 1;
    size_t i = (row * size_t{0x9e3779b1}) & mask;
    while (slots_[i].row != WeightTable::kNotFound && slots_[i].row != row) i = (i + 1) & mask;
    return slots_[i];
  }

  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.row != WeightTable::kNotFound) Locate(slot.row) = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

using Sums = std::array<int32_t, WeightTable::kLanes>;
static_assert(kVerdictOutputs <= WeightTable::kLanes);

// GCC's and clang's vector types: one operation on all lanes, in whatever registers the machine
// has.
using RowLanes = int8_t __attribute__((vector_size(WeightTable::kLanes)));
using NarrowLanes = int16_t __attribute__((vector_size(2 * WeightTable::kLanes)));

// Sums rows of weights in narrow lanes and moves the sums into wide ones before they could
// overflow. Whole numbers: every instruction set gives the same sums.
__attribute__((target_clones("avx2", "default"))) void AddRows(const WeightTable& table,
                                                               const std::vector<uint32_t>& rows,
                                                               Sums* sums) {
  // 128 times this stays within int16_t.
  constexpr size_t kMostRows = 255;
  for (size_t begin = 0; begin < rows.size(); begin += kMostRows) {
    const size_t end = std::min(rows.size(), begin + kMostRows);
    NarrowLanes narrow{};
    for (size_t i = begin; i < end; ++i) {
      RowLanes row;
      std::memcpy(&row, table.row(rows[i]), sizeof row);
      narrow += __builtin_convertvector(row, NarrowLanes);
    }
    for (size_t k = 0; k < WeightTable::kLanes; ++k) (*sums)[k] += narrow[k];
  }
}

// A feature before it is looked up.
struct Occurrence {
  uint64_t hash = 0;
  uint32_t token = 0;
};

}  // namespace

VerdictScores ScoreVerdict(const Model& model, const Tokenizer& tokenizer, const Ticket& ticket,
                           const Document& document) {
  VerdictScores scores;
  const WeightTable& table = model.verdict;
  std::vector<Occurrence> occurrences;
  occurrences.reserve(document.tokens.size() * 4 + 64);
  const auto collect = [&](uint64_t hash, uint32_t token) { occurrences.push_back({hash, token}); };
  EachTextFeature(document, collect);
  EachStructureFeature(ticket, tokenizer, collect);

  // Far enough ahead for the memory to answer in time.
  constexpr size_t kAhead = 12;
  scores.hits.reserve(document.tokens.size() * 2 + 16);
  FirstOccurrence seen(document.tokens.size() + 16);
  std::vector<uint32_t> rows;
  rows.reserve(document.tokens.size() * 2 + 16);
  double squares = 0;
  for (size_t i = 0; i < occurrences.size(); ++i) {
    if (i + kAhead < occurrences.size()) table.Prefetch(occurrences[i + kAhead].hash);
    const uint32_t row = table.Find(occurrences[i].hash);
    if (row == WeightTable::kNotFound) continue;
    const auto hit = static_cast<uint32_t>(scores.hits.size());
    const uint32_t first = seen.Insert(row, hit);
    scores.hits.push_back({row, occurrences[i].token, first, 0});
    ++scores.hits[first].count;
    if (first != hit) continue;
    table.PrefetchRow(row);
    rows.push_back(row);
    squares += double{table.idf(row)} * table.idf(row);
  }
  Sums sums{};
  AddRows(table, rows, &sums);

  scores.norm = squares > 0 ? std::sqrt(squares) : 1;
  for (size_t k = 0; k < kVerdictOutputs; ++k) {
    scores.margins[k] = table.bias(k) + sums[k] * double{table.scale(k)} / scores.norm;
  }
  scores.categories = MixHeads(model.calibration, ReadHeads(&scores));
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

}  // namespace clearway
