#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// Weights of hashed features, one for each role that the feature can play ("stands before the
// name", "is its last word"), so that one look-up serves all roles. Eight bits each. Filled once,
// then read by any number of threads.
class RoleTable {
 public:
  static constexpr size_t kRoles = 32;
  // Half a line of the cache.
  struct alignas(kRoles) Row {
    std::array<int8_t, kRoles> weights{};

    int8_t operator[](size_t role) const { return weights[role]; }
  };
  // By (hash, role); roles not named weigh 0.
  using Weights = std::map<std::pair<uint64_t, size_t>, double>;

  RoleTable() = default;

  // Quantises. Weights that come to less than `least` of kLargest are left out: a small table stays
  // in the cache. Roles below `first_of_second` belong to one score, the others to another one;
  // each has its own scale.
  RoleTable(const Weights& weights, size_t first_of_second, int least);
  static constexpr int kLargest = 127;

  // The number of a feature's row; 0 where there is none. Slow.
  uint32_t Find(uint64_t hash) const;
  // Row 0 is all zeros.
  const Row& row(uint32_t number) const { return rows_[number]; }

  // Their rows are numbered in the order of their hashes, from 1 on.
  const std::vector<uint64_t>& hashes() const { return hashes_; }

  // What a sum of weights of the first (0) or second (1) score is to be multiplied by.
  double scale(size_t score) const { return scales_[score]; }

  // Little-endian bytes, the same for the same content.
  void AppendTo(std::string* bytes) const;
  // Takes its part off the front of `bytes`. DATA_LOSS when they are cut short or make no sense.
  absl::Status ReadFrom(absl::string_view* bytes);

 private:
  std::array<double, 2> scales_{};
  // Ascending; rows in the same order, behind one of zeros.
  std::vector<uint64_t> hashes_;
  std::vector<Row> rows_ = std::vector<Row>(1);
};

}  // namespace clearway
