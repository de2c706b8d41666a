#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "service/classify/role_table.h"

namespace clearway {

// What a feature at some position adds to the scores of names near it: a row of the party's table,
// its roles added up by how far before (below 0) or behind the position a feature stands that plays
// them. So the features of a position can be added up, and are read with few loads.
class alignas(32) PartyRow {
 public:
  // Holds anything: most rows are written before they are read, and clearing them takes time.
  PartyRow() {}  // NOLINT(modernize-use-equals-default,cppcoreguidelines-pro-type-member-init)
  static PartyRow Zeros() {
    PartyRow row;
    row.lanes_.fill(0);
    return row;
  }
  explicit PartyRow(const RoleTable::Row& roles);

  PartyRow& operator+=(const PartyRow& other) {
    // GCC's and clang's vector types: one operation on all lanes.
    using Lanes = int16_t __attribute__((vector_size(sizeof lanes_)));
    Lanes sum;
    Lanes added;
    std::memcpy(&sum, lanes_.data(), sizeof sum);
    std::memcpy(&added, other.lanes_.data(), sizeof added);
    sum += added;
    std::memcpy(lanes_.data(), &sum, sizeof sum);
    return *this;
  }

  // Where the feature stands from the beginning of a name, -4 to 4: to its score as a beginning.
  // Features further off than some play the same role, and share a lane.
  int32_t ForBeginning(int64_t distance) const { return lanes_[BeginningLane(distance)]; }
  // The same, -3 to 0: to the score of all spans from there.
  int32_t ForSpanFrom(int64_t distance) const { return lanes_[SpanBeginLane(distance)]; }
  // Of a token of the span.
  int32_t ForSpanAround() const { return lanes_[kInnerLane]; }
  // Where it stands from the end of a span, -2 to 2.
  int32_t ForSpanUpTo(int64_t distance) const { return lanes_[SpanEndLane(distance)]; }

 private:
  static constexpr size_t kLanes = 16;
  static constexpr size_t kInnerLane = 10;

  static constexpr size_t BeginningLane(int64_t distance) {
    return static_cast<size_t>(std::clamp<int64_t>(distance, -3, 2) + 3);
  }
  static constexpr size_t SpanBeginLane(int64_t distance) {
    return static_cast<size_t>(distance + 9);
  }
  static constexpr size_t SpanEndLane(int64_t distance) {
    return static_cast<size_t>(std::clamp<int64_t>(distance, -2, 1) + 13);
  }

  std::array<int16_t, kLanes> lanes_;
};

}  // namespace clearway
