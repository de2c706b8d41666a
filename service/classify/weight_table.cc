#include "service/classify/weight_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "service/base/status_macros.h"
#include "service/classify/bytes.h"

namespace clearway {
namespace {

constexpr double kLargest = 127;
// Rows that stay below this in every output weigh next to nothing, and keeping tables small keeps
// them in the cache.
constexpr int kSmallestKept = 10;

size_t StrideOf(size_t outputs) {
  return (outputs + WeightTable::kLanes - 1) / WeightTable::kLanes * WeightTable::kLanes;
}

}  // namespace

WeightTable::WeightTable(std::vector<Feature> features, const std::vector<double>& bias)
    : bias_(bias.begin(), bias.end()), scales_(bias.size()), stride_(StrideOf(bias.size())) {
  SetScales(features);
  std::sort(features.begin(), features.end(),
            [](const Feature& a, const Feature& b) { return a.hash < b.hash; });
  for (const Feature& feature : features) {
    const Entry entry{AddRow(feature.weights), AddRow(feature.marked), feature.weights.squares,
                      feature.marked.squares};
    if (entry.row == kNoRow && entry.marked_row == kNoRow && !feature.keep) continue;
    hashes_.push_back(feature.hash);
    entries_.push_back(entry);
  }
  BuildIndex();
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

uint32_t WeightTable::AddRow(const Weights& weights) {
  std::vector<int8_t> row(stride_);
  int largest = 0;
  for (size_t k = 0; k < weights.values.size(); ++k) {
    if (scales_[k] == 0) continue;
    row[k] = static_cast<int8_t>(std::lround(weights.values[k] / scales_[k]));
    largest = std::max(largest, std::abs(int{row[k]}));
  }
  if (largest < kSmallestKept) return kNoRow;
  rows_.insert(rows_.end(), row.begin(), row.end());
  return static_cast<uint32_t>(rows() - 1);
}

void WeightTable::BuildIndex() {
  std::vector<std::pair<uint64_t, Entry>> pairs;
  pairs.reserve(hashes_.size());
  for (size_t i = 0; i < hashes_.size(); ++i) pairs.emplace_back(hashes_[i], entries_[i]);
  index_ = HashIndex<Entry>(pairs);
}

void WeightTable::AppendTo(std::string* bytes) const {
  AppendVector(bias_, bytes);
  AppendVector(scales_, bytes);
  AppendVector(hashes_, bytes);
  AppendVector(entries_, bytes);
  std::vector<int8_t> packed;
  packed.reserve(rows() * bias_.size());
  for (uint32_t r = 0; r < rows(); ++r) {
    packed.insert(packed.end(), row(r), row(r) + bias_.size());
  }
  AppendVector(packed, bytes);
}

absl::Status WeightTable::ReadFrom(absl::string_view* bytes) {
  RETURN_IF_ERROR(ReadVector(bytes, &bias_));
  RETURN_IF_ERROR(ReadVector(bytes, &scales_));
  RETURN_IF_ERROR(ReadVector(bytes, &hashes_));
  RETURN_IF_ERROR(ReadVector(bytes, &entries_));
  std::vector<int8_t> packed;
  RETURN_IF_ERROR(ReadVector(bytes, &packed));
  const size_t outputs = bias_.size();
  if (outputs == 0 || scales_.size() != outputs || entries_.size() != hashes_.size() ||
      packed.size() % outputs != 0 || packed.size() / outputs >= kNoRow) {
    return absl::DataLossError("the model file's tables do not fit each other");
  }
  const size_t count = packed.size() / outputs;
  const auto fits = [count](uint32_t row) { return row == kNoRow || row < count; };
  for (size_t i = 0; i < entries_.size(); ++i) {
    const bool ascending = i == 0 || hashes_[i - 1] < hashes_[i];
    if (!ascending || !fits(entries_[i].row) || !fits(entries_[i].marked_row)) {
      return absl::DataLossError("the model file's features are out of order");
    }
  }
  stride_ = StrideOf(outputs);
  rows_.assign(count * stride_, 0);
  for (size_t r = 0; r < count; ++r) {
    std::copy_n(&packed[r * outputs], outputs, &rows_[r * stride_]);
  }
  BuildIndex();
  return absl::OkStatus();
}

}  // namespace clearway
