#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// Weights of hashed features for several outputs at once, of eight bits' precision. Filled once,
// then read by any number of threads.
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

  // All zeros: of features that are not there, and of those that weigh nothing.
  static constexpr uint32_t kEmptyRows = 2;

  // Where a feature's rows are.
  class Entry {
   public:
    // 0 is no feature's.
    constexpr explicit Entry(uint32_t code) : code_(code) {}
    uint32_t code() const { return code_; }
    bool found() const { return code_ != 0; }
    bool has_row() const { return row() >= kEmptyRows; }
    // One of the first kEmptyRows where there is none.
    uint32_t row() const { return code_ >> 1; }
    uint32_t marked_row() const {
      const uint32_t has_marked = code_ & 1;
      return (row() + 1) & (0 - has_marked);
    }

   private:
    uint32_t code_;
  };

  WeightTable() = default;

  // Quantises. Rows whose weights all come to next to nothing are left out. `bias` has one value an
  // output, of which there may be kMaxOutputs.
  WeightTable(std::vector<Feature> features, const std::vector<double>& bias);

  size_t outputs() const { return bias_.size(); }
  size_t features() const { return hashes_.size(); }
  size_t rows() const { return rows_.size(); }

  // By number, in the order of their hashes.
  uint64_t hash(size_t feature) const { return hashes_[feature]; }
  Entry entry(size_t feature) const { return Entry(codes_[feature]); }

  // A row is one line of the cache: `outputs()` weights, to be multiplied by scale(output), then
  // what is of no meaning here, and in the last two lanes, which are summed up like the others,
  // what it adds to the sum of squares.
  static constexpr size_t kLanes = 32;
  static constexpr size_t kMaxOutputs = kLanes - 2;
  // Each lane holds no more than eight bits, but is as wide as what is to be summed up in.
  struct alignas(kLanes * sizeof(int16_t)) Row {
    int16_t lanes[kLanes] = {};

    int16_t operator[](size_t lane) const { return lanes[lane]; }
  };
  const Row& row(uint32_t row) const { return rows_[row]; }
  // From the sums over both lanes.
  static double Squares(int32_t low, int32_t high) {
    return static_cast<double>(low + kHighLane * high) / kSquaresScale;
  }
  float scale(size_t output) const { return scales_[output]; }
  float bias(size_t output) const { return bias_[output]; }

  // Little-endian bytes, the same for the same content.
  void AppendTo(std::string* bytes) const;
  // Takes its part off the front of `bytes`. DATA_LOSS when they are cut short or make no sense.
  absl::Status ReadFrom(absl::string_view* bytes);

 private:
  // Of the low lane's units a high one has so many, and 1 so many.
  static constexpr int32_t kHighLane = 256;
  static constexpr int32_t kSquaresScale = 128;

  void SetScales(const std::vector<Feature>& features);
  Row Quantise(const Weights& weights) const;

  std::vector<float> bias_;
  std::vector<float> scales_;
  // Ascending.
  std::vector<uint64_t> hashes_;
  // By feature, in the order of their hashes: twice its row's number, and one more where the next
  // row is its marked one.
  std::vector<uint32_t> codes_;
  std::vector<Row> rows_ = std::vector<Row>(kEmptyRows);
};

}  // namespace clearway
