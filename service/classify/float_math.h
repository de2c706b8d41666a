#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace clearway {

// Exponentials and logarithms to six digits, which no verdict hangs on: without a branch or a
// table, so that the compiler works out several at once. Polynomials as in Moshier's Cephes
// library.

// e to the power of `x`, which is at most 0.
inline float ExpOf(float x) {
  constexpr float kLog2OfE = 1.44269504F;
  // Adding it rounds to a whole number, which then stands in the lowest bits.
  constexpr float kRounder = 0x1.8p23F;
  constexpr float kLeast = -80;
  const float power = std::max(x, kLeast) * kLog2OfE;
  const float rounded = power + kRounder;
  const float f = power - (rounded - kRounder);
  float y = 1.535336188e-4F;
  for (const float c : {1.333355815e-3F, 9.618129108e-3F, 5.550410866e-2F, 2.402265070e-1F,
                        6.931471806e-1F, 1.0F}) {
    y = y * f + c;
  }
  constexpr int kFractionBits = 23;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(y) +
                              (std::bit_cast<uint32_t>(rounded) << kFractionBits));
}

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

// Probabilities from log-odds; they sum to 1.
template <size_t N>
std::array<double, N> Softmax(const double* margins) {
  // Registers are filled, or the last one is worked out by itself.
  constexpr size_t kPadded = (N + 3) / 4 * 4;
  std::array<float, kPadded> powers{};
  const double largest = *std::max_element(margins, margins + N);
  for (size_t i = 0; i < N; ++i) powers[i] = static_cast<float>(margins[i] - largest);
  for (float& power : powers) power = ExpOf(power);
  double sum = 0;
  for (size_t i = 0; i < N; ++i) sum += double{powers[i]};
  std::array<double, N> result;
  for (size_t i = 0; i < N; ++i) result[i] = double{powers[i]} / sum;
  return result;
}

}  // namespace clearway
