#include "service/classify/weight_table.h"

#include <algorithm>
#include <cmath>

#include "service/base/status_macros.h"
#include "service/classify/bytes.h"

namespace clearway {
namespace {

constexpr double kLargest = 127;
// Rows that stay below this in every output weigh next to nothing, and keeping tables small keeps
// them in the cache.
constexpr int kSmallestKept = 10;

}  // namespace

WeightTable::WeightTable(const std::vector<Feature>& features, const std::vector<double>& bias)
    : bias_(bias.begin(), bias.end()), scales_(bias.size()), stride_(StrideOf(bias.size())) {
  for (size_t k = 0; k < bias.size(); ++k) {
    double largest = 0;
    for (const Feature& f : features) largest = std::max(largest, std::abs(f.weights[k] * f.idf));
    scales_[k] = static_cast<float>(largest / kLargest);
  }
  std::vector<const Feature*> sorted;
  for (const Feature& feature : features) sorted.push_back(&feature);
  std::sort(sorted.begin(), sorted.end(),
            [](const Feature* a, const Feature* b) { return a->hash < b->hash; });
  std::vector<int8_t> row(stride_);
  for (const Feature* feature : sorted) {
    int largest = 0;
    for (size_t k = 0; k < bias.size(); ++k) {
      const double weight = feature->weights[k] * feature->idf;
      row[k] = scales_[k] == 0 ? int8_t{0} : static_cast<int8_t>(std::lround(weight / scales_[k]));
      largest = std::max(largest, std::abs(int{row[k]}));
    }
    if (largest < kSmallestKept) continue;
    hashes_.push_back(feature->hash);
    idfs_.push_back(feature->idf);
    rows_.insert(rows_.end(), row.begin(), row.end());
  }
  BuildSlots();
}

void WeightTable::BuildSlots() {
  size_t count = 1;
  while (count < hashes_.size() * 2) count *= 2;
  slots_.assign(count, Slot());
  mask_ = count - 1;
  for (size_t row = 0; row < hashes_.size(); ++row) {
    size_t slot = static_cast<size_t>(hashes_[row]) & mask_;
    while (slots_[slot].row != kNotFound) slot = (slot + 1) & mask_;
    slots_[slot] = {static_cast<uint32_t>(hashes_[row] >> 32), static_cast<uint32_t>(row)};
  }
}

void WeightTable::AppendTo(std::string* bytes) const {
  AppendVector(bias_, bytes);
  AppendVector(scales_, bytes);
  AppendVector(hashes_, bytes);
  AppendVector(idfs_, bytes);
  std::vector<int8_t> packed;
  packed.reserve(hashes_.size() * bias_.size());
  for (uint32_t r = 0; r < hashes_.size(); ++r) {
    packed.insert(packed.end(), row(r), row(r) + bias_.size());
  }
  AppendVector(packed, bytes);
}

absl::Status WeightTable::ReadFrom(absl::string_view* bytes) {
  RETURN_IF_ERROR(ReadVector(bytes, &bias_));
  RETURN_IF_ERROR(ReadVector(bytes, &scales_));
  RETURN_IF_ERROR(ReadVector(bytes, &hashes_));
  RETURN_IF_ERROR(ReadVector(bytes, &idfs_));
  std::vector<int8_t> packed;
  RETURN_IF_ERROR(ReadVector(bytes, &packed));
  if (bias_.empty() || scales_.size() != bias_.size() || idfs_.size() != hashes_.size() ||
      packed.size() != hashes_.size() * bias_.size() || hashes_.size() >= kNotFound / 2) {
    return absl::DataLossError("the model file's tables do not fit each other");
  }
  stride_ = StrideOf(bias_.size());
  rows_.assign(hashes_.size() * stride_, 0);
  for (size_t r = 0; r < hashes_.size(); ++r) {
    std::copy_n(&packed[r * bias_.size()], bias_.size(), &rows_[r * stride_]);
  }
  BuildSlots();
  return absl::OkStatus();
}

}  // namespace clearway
