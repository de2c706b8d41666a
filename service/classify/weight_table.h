#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// Weights of hashed features for several outputs at once, eight bits each, in an open-addressing
// table. Filled once, then read by any number of threads.
//
// A feature's value is its idf; the sum over a ticket's features is divided by the root of the sum
// of their squared idfs. The idf is already in the weights.
class WeightTable {
 public:
  struct Feature {
    uint64_t hash = 0;
    float idf = 0;
    // As many as there are outputs.
    std::vector<double> weights;
  };

  WeightTable() = default;

  // Quantises. Features whose weights all come to nothing are left out. `bias` has one value an
  // output.
  WeightTable(const std::vector<Feature>& features, const std::vector<double>& bias);

  size_t outputs() const { return bias_.size(); }
  size_t size() const { return hashes_.size(); }

  static constexpr uint32_t kNotFound = UINT32_MAX;
  // The row of a feature, or kNotFound.
  uint32_t Find(uint64_t hash) const {
    size_t slot = static_cast<size_t>(hash) & mask_;
    const auto tag = static_cast<uint32_t>(hash >> 32);
    while (slots_[slot].row != kNotFound) {
      if (slots_[slot].tag == tag) return slots_[slot].row;
      slot = (slot + 1) & mask_;
    }
    return kNotFound;
  }

  // Brings the place where a feature would stand into the cache; Find comes some features later.
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  void PrefetchRow(uint32_t row) const { __builtin_prefetch(&rows_[row * stride_]); }

  // `outputs()` weights, and zeros up to stride(); multiply by scale(output).
  const int8_t* row(uint32_t row) const { return &rows_[row * stride_]; }
  // Rows of more than one output are padded to whole SIMD registers.
  static constexpr size_t kLanes = 32;
  size_t stride() const { return stride_; }
  float idf(uint32_t row) const { return idfs_[row]; }
  float scale(size_t output) const { return scales_[output]; }
  float bias(size_t output) const { return bias_[output]; }

  // Little-endian bytes, the same for the same content.
  void AppendTo(std::string* bytes) const;
  // Takes its part off the front of `bytes`. DATA_LOSS when they are cut short or make no sense.
  absl::Status ReadFrom(absl::string_view* bytes);

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t row = kNotFound;
  };
  void BuildSlots();
  static size_t StrideOf(size_t outputs) {
    return outputs == 1 ? 1 : (outputs + kLanes - 1) / kLanes * kLanes;
  }

  std::vector<float> bias_;
  std::vector<float> scales_;
  // By row, rows in the order of their hashes.
  std::vector<uint64_t> hashes_;
  std::vector<float> idfs_;
  std::vector<int8_t> rows_;
  size_t stride_ = 1;
  std::vector<Slot> slots_ = std::vector<Slot>(1);
  size_t mask_ = 0;
};

}  // namespace clearway
