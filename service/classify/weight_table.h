#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "service/classify/hash_index.h"

namespace clearway {

// Weights of hashed features for several outputs at once, eight bits each. Filled once, then read by
// any number of threads.
//
// What a ticket's features add up to is divided by the root of the sum of their squares. A feature
// may have a second row of weights, to be added where it stands in the last comment.
class WeightTable {
 public:
  // One row before it is quantised.
  struct Weights {
    // As many as there are outputs; none: there is no such row.
    std::vector<double> values;
    // What it adds to the sum of squares.
    float squares = 0;
  };
  struct Feature {
    uint64_t hash = 0;
    Weights weights;
    Weights marked;
    // Kept even where its weights come to nothing.
    bool keep = false;
  };

  static constexpr uint32_t kNoRow = UINT32_MAX;
  struct Entry {
    uint32_t row = kNoRow;
    uint32_t marked_row = kNoRow;
    float squares = 0;
    float marked_squares = 0;
  };

  WeightTable() = default;

  // Quantises. Rows whose weights all come to next to nothing are left out. `bias` has one value an
  // output.
  WeightTable(std::vector<Feature> features, const std::vector<double>& bias);

  size_t outputs() const { return bias_.size(); }
  size_t features() const { return hashes_.size(); }
  size_t rows() const { return stride_ == 0 ? 0 : rows_.size() / stride_; }

  // nullptr when it is not there.
  const Entry* Find(uint64_t hash) const { return index_.Find(hash); }

  // Brings what Find and row() will read into the cache.
  void Prefetch(uint64_t hash) const { index_.Prefetch(hash); }
  void PrefetchRow(uint32_t row) const { __builtin_prefetch(&rows_[row * stride_]); }

  // `outputs()` weights, and zeros up to stride(); multiply by scale(output).
  const int8_t* row(uint32_t row) const { return &rows_[row * stride_]; }
  // Rows are padded to whole SIMD registers.
  static constexpr size_t kLanes = 32;
  size_t stride() const { return stride_; }
  float scale(size_t output) const { return scales_[output]; }
  float bias(size_t output) const { return bias_[output]; }

  // Little-endian bytes, the same for the same content.
  void AppendTo(std::string* bytes) const;
  // Takes its part off the front of `bytes`. DATA_LOSS when they are cut short or make no sense.
  absl::Status ReadFrom(absl::string_view* bytes);

 private:
  void SetScales(const std::vector<Feature>& features);
  // Appends the row; kNoRow where it weighs next to nothing.
  uint32_t AddRow(const Weights& weights);
  void BuildIndex();

  std::vector<float> bias_;
  std::vector<float> scales_;
  // Ascending.
  std::vector<uint64_t> hashes_;
  // By feature, in the order of their hashes.
  std::vector<Entry> entries_;
  std::vector<int8_t> rows_;
  size_t stride_ = 0;
  HashIndex<Entry> index_;
};

}  // namespace clearway
