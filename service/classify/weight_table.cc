#include "service/classify/weight_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <utility>

#include "service/base/status_macros.h"
#include "service/classify/bytes.h"

namespace clearway {
namespace {

constexpr double kLargest = 127;
// Rows that stay below this in every output weigh next to nothing, and keeping tables small keeps
// them in the cache.
constexpr int kSmallestKept = 14;

// `weights` are as many as there are outputs.
bool WeighSomething(const int16_t* weights, size_t outputs) {
  return std::any_of(weights, weights + outputs,
                     [](int16_t weight) { return std::abs(int{weight}) >= kSmallestKept; });
}

// A row as it is stored.
using NarrowRow = std::array<int8_t, WeightTable::kLanes>;

}  // namespace

WeightTable::WeightTable(std::vector<Feature> features, const std::vector<double>& bias)
    : bias_(bias.begin(), bias.end()), scales_(bias.size()) {
  SetScales(features);
  std::sort(features.begin(), features.end(),
            [](const Feature& a, const Feature& b) { return a.hash < b.hash; });
  // Numbers of those that have rows, in the order of `hashes_`, and their rows.
  std::vector<size_t> with_rows;
  std::vector<const Feature*> kept;
  for (const Feature& feature : features) {
    const bool has_row = WeighSomething(Quantise(feature.weights).lanes, bias_.size()) ||
                         WeighSomething(Quantise(feature.marked).lanes, bias_.size());
    if (!has_row && !feature.keep) continue;
    if (has_row) with_rows.push_back(hashes_.size());
    hashes_.push_back(feature.hash);
    kept.push_back(&feature);
  }
  codes_.assign(hashes_.size(), 2 * (kEmptyRows - 1));
  // What is met often comes first, and so shares pages and lines of the caches: it is what weighs
  // little in the sum of squares.
  std::stable_sort(with_rows.begin(), with_rows.end(), [&](size_t a, size_t b) {
    return kept[a]->weights.squares < kept[b]->weights.squares;
  });
  for (const size_t number : with_rows) {
    const Row marked = Quantise(kept[number]->marked);
    const bool has_marked = WeighSomething(marked.lanes, bias_.size());
    codes_[number] = static_cast<uint32_t>(2 * rows_.size() + (has_marked ? 1 : 0));
    rows_.push_back(Quantise(kept[number]->weights));
    if (has_marked) rows_.push_back(marked);
  }
}

void WeightTable::SetScales(const std::vector<Feature>& features) {
  std::vector<double> largest(bias_.size());
  for (const Feature& feature : features) {
    for (const Weights* weights : {&feature.weights, &feature.marked}) {
      for (size_t k = 0; k < weights->values.size(); ++k) {
        largest[k] = std::max(largest[k], std::abs(weights->values[k]));
      }
    }
  }
  for (size_t k = 0; k < largest.size(); ++k) {
    scales_[k] = static_cast<float>(largest[k] / kLargest);
  }
}

WeightTable::Row WeightTable::Quantise(const Weights& weights) const {
  Row row;
  for (size_t k = 0; k < weights.values.size(); ++k) {
    if (scales_[k] == 0) continue;
    row.lanes[k] = static_cast<int8_t>(std::lround(weights.values[k] / scales_[k]));
  }
  constexpr int32_t kMost = 127 * kHighLane;
  // Of the sum of squares eight significant bits are kept.
  const auto kept = std::bit_cast<float>(std::bit_cast<uint32_t>(weights.squares) & 0xffff0000);
  const int32_t squares = std::min(kMost, static_cast<int32_t>(std::lround(kept * kSquaresScale)));
  // The low lane has a sign, too.
  const int32_t high = (squares + kHighLane / 2) / kHighLane;
  row.lanes[kLanes - 2] = static_cast<int8_t>(squares - high * kHighLane);
  row.lanes[kLanes - 1] = static_cast<int8_t>(high);
  return row;
}

void WeightTable::AppendTo(std::string* bytes) const {
  AppendVector(bias_, bytes);
  AppendVector(scales_, bytes);
  AppendVector(hashes_, bytes);
  AppendVector(codes_, bytes);
  std::vector<NarrowRow> narrow(rows_.size());
  for (size_t row = 0; row < rows_.size(); ++row) {
    std::copy_n(rows_[row].lanes, kLanes, narrow[row].begin());
  }
  AppendVector(narrow, bytes);
}

absl::Status WeightTable::ReadFrom(absl::string_view* bytes) {
  RETURN_IF_ERROR(ReadVector(bytes, &bias_));
  RETURN_IF_ERROR(ReadVector(bytes, &scales_));
  RETURN_IF_ERROR(ReadVector(bytes, &hashes_));
  RETURN_IF_ERROR(ReadVector(bytes, &codes_));
  std::vector<NarrowRow> narrow;
  RETURN_IF_ERROR(ReadVector(bytes, &narrow));
  rows_.resize(narrow.size());
  for (size_t row = 0; row < narrow.size(); ++row) {
    std::copy(narrow[row].begin(), narrow[row].end(), rows_[row].lanes);
  }
  const size_t outputs = bias_.size();
  if (outputs == 0 || outputs > kMaxOutputs || scales_.size() != outputs ||
      rows_.size() < kEmptyRows || codes_.size() != hashes_.size()) {
    return absl::DataLossError("the model file's tables do not fit each other");
  }
  for (size_t i = 0; i < codes_.size(); ++i) {
    const bool ascending = i == 0 || hashes_[i - 1] < hashes_[i];
    if (!ascending || codes_[i] < 2 || codes_[i] / 2 + codes_[i] % 2 >= rows_.size()) {
      return absl::DataLossError("the model file's features are out of order");
    }
  }
  return absl::OkStatus();
}

}  // namespace clearway
