#include "service/classify/role_table.h"

#include <algorithm>
#include <cmath>

#include "service/base/status_macros.h"
#include "service/classify/bytes.h"

namespace clearway {

RoleTable::RoleTable(const Weights& weights, size_t first_of_second, int least) {
  for (const auto& [feature, weight] : weights) {
    double& scale = scales_[feature.second < first_of_second ? 0 : 1];
    scale = std::max(scale, std::abs(weight) / kLargest);
  }
  for (const auto& [feature, weight] : weights) {
    const auto& [hash, role] = feature;
    const double scale = scales_[role < first_of_second ? 0 : 1];
    const auto rounded = scale == 0 ? int8_t{0} : static_cast<int8_t>(std::lround(weight / scale));
    if (std::abs(int{rounded}) < least) continue;
    if (hashes_.empty() || hashes_.back() != hash) {
      hashes_.push_back(hash);
      rows_.push_back(Row{});
    }
    rows_.back().weights[role] = rounded;
  }
}

uint32_t RoleTable::Find(uint64_t hash) const {
  const auto found = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (found == hashes_.end() || *found != hash) return 0;
  return static_cast<uint32_t>(found - hashes_.begin() + 1);
}

void RoleTable::AppendTo(std::string* bytes) const {
  AppendValue(scales_, bytes);
  AppendVector(hashes_, bytes);
  AppendVector(rows_, bytes);
}

absl::Status RoleTable::ReadFrom(absl::string_view* bytes) {
  RETURN_IF_ERROR(ReadValue(bytes, &scales_));
  RETURN_IF_ERROR(ReadVector(bytes, &hashes_));
  RETURN_IF_ERROR(ReadVector(bytes, &rows_));
  const bool ascending = std::is_sorted(hashes_.begin(), hashes_.end()) &&
                         std::adjacent_find(hashes_.begin(), hashes_.end()) == hashes_.end();
  if (!ascending || rows_.size() != hashes_.size() + 1) {
    return absl::DataLossError("the model file's party tables do not fit each other");
  }
  return absl::OkStatus();
}

}  // namespace clearway
