#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace clearway {

// Exponentials and logarithms to six digits, which no verdict hangs on: without a branch or a
// table, so that the compiler works out several at once. Polynomials as in Moshier's Cephes
// library.

// GCC's and clang's vector types: one operation on all. Left to itself the compiler makes a branch
// for each of a comparison.
using Floats = float __attribute__((vector_size(16)));
inline constexpr size_t kFloats = sizeof(Floats) / sizeof(float);

// Beyond this, e to a power is out of a float's reach.
inline constexpr float kLargestPower = 80;

// e to the powers of `x`, which are at most kLargestPower; below its negative they count as that.
inline Floats ExpOf(Floats x) {
  constexpr float kLog2OfE = 1.44269504F;
  // Adding it rounds to a whole number, which then stands in the lowest bits.
  constexpr float kRounder = 0x1.8p23F;
  constexpr Floats kLeast = Floats{} - kLargestPower;
  const Floats power = (x > kLeast ? x : kLeast) * kLog2OfE;
  const Floats rounded = power + kRounder;
  const Floats f = power - (rounded - kRounder);
  Floats y = f * 1.535336188e-4F + 1.333355815e-3F;
  for (const float c : {9.618129108e-3F, 5.550410866e-2F, 2.402265070e-1F, 6.931471806e-1F, 1.0F}) {
    y = y * f + c;
  }
  using Bits = uint32_t __attribute__((vector_size(sizeof(Floats))));
  constexpr int kFractionBits = 23;
  return std::bit_cast<Floats>(std::bit_cast<Bits>(y) +
                               (std::bit_cast<Bits>(rounded) << kFractionBits));
}

inline float ExpOf(float x) { return ExpOf(Floats{x})[0]; }

// The natural logarithm of `x`, which is above 0.
inline float LogOf(float x) {
  constexpr float kLogOf2 = 0.693147181F;
  // The root of 1/2: from there to the root of 2 go fractions.
  constexpr uint32_t kLeastFraction = 0x3f3504f3;
  constexpr int kFractionBits = 23;
  const uint32_t above = std::bit_cast<uint32_t>(x) - kLeastFraction;
  const int32_t power = static_cast<int32_t>(above) >> kFractionBits;
  const float f = std::bit_cast<float>((above & ((1U << kFractionBits) - 1)) + kLeastFraction) - 1;
  float y = 7.0376836292e-2F;
  for (const float c :
       {-1.1514610310e-1F, 1.1676998740e-1F, -1.2420140846e-1F, 1.4249322787e-1F, -1.6668057665e-1F,
        2.0000714765e-1F, -2.4999993993e-1F, 3.3333331174e-1F, -0.5F, 1.0F}) {
    y = y * f + c;
  }
  return y * f + static_cast<float>(power) * kLogOf2;
}

// Every fourth value is compared with every fourth, so that comparisons need not wait for each
// other.
template <size_t N>
double LargestOf(const double* values) {
  constexpr size_t kLanes = 4;
  static_assert(N >= kLanes);
  std::array<double, kLanes> largest;
  for (size_t k = 0; k < kLanes; ++k) largest[k] = values[k];
#pragma GCC unroll 32
  for (size_t i = kLanes; i < N; ++i) {
    double& lane = largest[i % kLanes];
    lane = values[i] > lane ? values[i] : lane;
  }
  return std::max(std::max(largest[0], largest[1]), std::max(largest[2], largest[3]));
}

// Probabilities from log-odds; they sum to 1.
template <size_t N>
std::array<double, N> Softmax(const double* margins) {
  constexpr size_t kRegisters = (N + kFloats - 1) / kFloats;
  std::array<float, kRegisters * kFloats> powers{};
  const double largest = LargestOf<N>(margins);
  for (size_t i = 0; i < N; ++i) powers[i] = static_cast<float>(margins[i] - largest);
  for (size_t i = 0; i < powers.size(); i += kFloats) {
    Floats some;
    std::memcpy(&some, &powers[i], sizeof some);
    some = ExpOf(some);
    std::memcpy(&powers[i], &some, sizeof some);
  }
  double sum = 0;
  for (size_t i = 0; i < N; ++i) sum += double{powers[i]};
  std::array<double, N> result;
  for (size_t i = 0; i < N; ++i) result[i] = double{powers[i]} / sum;
  return result;
}

}  // namespace clearway
