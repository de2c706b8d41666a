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

#include "service/classify/hash_index.h"

namespace clearway {

// Weights of hashed features, one for each role that the feature can play ("stands before the
// name", "is its last word"), so that one look-up serves all roles. Eight bits each. Filled once,
// then read by any number of threads.
class RoleTable {
 public:
  static constexpr size_t kRoles = 12;
  // Padded to a quarter of a line of the cache.
  using Row = std::array<int8_t, 16>;
  // By (hash, role); roles not named weigh 0.
  using Weights = std::map<std::pair<uint64_t, size_t>, double>;

  RoleTable() = default;

  // Quantises. Weights that come to less than `least` of kLargest are left out: a small table stays
  // in the cache. Roles below `first_of_second` belong to one score, the others to another one;
  // each has its own scale.
  RoleTable(const Weights& weights, size_t first_of_second, int least);
  static constexpr int kLargest = 127;

  // A row of zeros for a feature that is not there. Lives as long as the table.
  const Row& Find(uint64_t hash) const { return finder().Find(hash); }

  // For many look-ups. The table must outlive it.
  class Finder {
   public:
    const Row& Find(uint64_t hash) const {
      static_assert(HashIndex::kNone == 0);
      return rows_[index_.Find(hash)];
    }

   private:
    friend class RoleTable;
    Finder(HashIndex::Finder index, const Row* rows) : index_(index), rows_(rows) {}
    HashIndex::Finder index_;
    const Row* rows_;
  };
  Finder finder() const { return {index_.finder(), rows_.data()}; }

  // What a sum of weights of the first (0) or second (1) score is to be multiplied by.
  double scale(size_t score) const { return scales_[score]; }

  // Little-endian bytes, the same for the same content.
  void AppendTo(std::string* bytes) const;
  // Takes its part off the front of `bytes`. DATA_LOSS when they are cut short or make no sense.
  absl::Status ReadFrom(absl::string_view* bytes);

 private:
  void BuildIndex();

  std::array<double, 2> scales_{};
  // Ascending; rows in the same order, behind one of zeros.
  std::vector<uint64_t> hashes_;
  std::vector<Row> rows_ = std::vector<Row>(1);
  HashIndex index_;
};

}  // namespace clearway
