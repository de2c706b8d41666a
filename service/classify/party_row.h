#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

#include "service/classify/role_table.h"

namespace clearway {

// What a feature at some position adds to the scores of names near it: a row of the party's table,
// its roles added up by how far before (below 0) or behind the position a feature stands that plays
// them. So the features of a position can be added up, and are read with few loads.
class alignas(16) PartyRow {
 public:
  // All zeros.
  PartyRow() = default;
  explicit PartyRow(const RoleTable::Row& roles);

  // No lane goes beyond what it can hold: no single weight does, and a sum that would is high
  // enough.
  PartyRow& operator+=(const PartyRow& other) {
#if defined(__x86_64__)
    __m128i sum = _mm_load_si128(reinterpret_cast<const __m128i*>(lanes_.data()));
    sum = _mm_adds_epi8(sum, _mm_load_si128(reinterpret_cast<const __m128i*>(other.lanes_.data())));
    _mm_store_si128(reinterpret_cast<__m128i*>(lanes_.data()), sum);
#else
    for (size_t i = 0; i < kLanes; ++i) lanes_[i] = Saturated(lanes_[i] + other.lanes_[i]);
#endif
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

  static int8_t Saturated(int32_t value) {
    return static_cast<int8_t>(std::clamp<int32_t>(value, INT8_MIN, INT8_MAX));
  }

  static constexpr size_t BeginningLane(int64_t distance) {
    return static_cast<size_t>(std::clamp<int64_t>(distance, -3, 2) + 3);
  }
  static constexpr size_t SpanBeginLane(int64_t distance) {
    return static_cast<size_t>(distance + 9);
  }
  static constexpr size_t SpanEndLane(int64_t distance) {
    return static_cast<size_t>(std::clamp<int64_t>(distance, -2, 1) + 13);
  }

  std::array<int8_t, kLanes> lanes_{};
};

}  // namespace clearway
