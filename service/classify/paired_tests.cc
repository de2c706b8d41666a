#include "service/classify/paired_tests.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "service/classify/evaluation.h"

namespace clearway {
namespace {

// The difference on as many records as there are, drawn with replacement.
double DrawDifference(const std::vector<PairedVerdict>& verdicts, std::mt19937_64& random) {
  Confusion a{};
  Confusion b{};
  for (size_t i = 0; i < verdicts.size(); ++i) {
    // Not uniform_int_distribution: its numbers differ between standard libraries. The remainder's
    // unevenness is below 2^-40 for any number of records that fits into memory.
    const PairedVerdict& drawn = verdicts[random() % verdicts.size()];
    CountVerdict(drawn.label, drawn.a, &a);
    CountVerdict(drawn.label, drawn.b, &b);
  }
  return FiveWayMacroF1(b) - FiveWayMacroF1(a);
}

}  // namespace

double McNemarExact(int only_a_right, int only_b_right) {
  const int n = only_a_right + only_b_right;
  const int fewer = std::min(only_a_right, only_b_right);
  // Term after term of the binomial, in logarithms: 2^-n is no double for many records.
  double log_term = -n * std::log(2.0);
  double tail = std::exp(log_term);
  for (int k = 1; k <= fewer; ++k) {
    log_term += std::log((n - k + 1.0) / k);
    tail += std::exp(log_term);
  }
  // Where they are even, both tails share the middle.
  return std::min(1.0, 2 * tail);
}

Interval BootstrapMacroF1Difference(const std::vector<PairedVerdict>& verdicts, int resamples,
                                    std::mt19937_64& random) {
  if (verdicts.empty() || resamples <= 0) return {};
  std::vector<double> differences(static_cast<size_t>(resamples));
  for (double& difference : differences) difference = DrawDifference(verdicts, random);
  std::sort(differences.begin(), differences.end());
  // How many lie outside at each end.
  const auto outside = static_cast<size_t>((resamples + 1) * 0.025);
  const size_t low = outside > 0 ? outside - 1 : 0;
  return {differences[low], differences[differences.size() - 1 - low]};
}

}  // namespace clearway
