#include "service/classify/comparison.h"

#include <cstddef>

namespace clearway {
namespace {

constexpr double kSignificance = 0.05;

int& CellOf(const PairedVerdict& verdict, Comparison* comparison) {
  const bool a_right = verdict.a == verdict.label;
  const bool b_right = verdict.b == verdict.label;
  if (a_right) return b_right ? comparison->both_right : comparison->only_a_right;
  return b_right ? comparison->only_b_right : comparison->neither_right;
}

}  // namespace

Comparison Compare(const std::vector<JudgedVerdict>& a, const std::vector<JudgedVerdict>& b,
                   int resamples, std::mt19937_64& random) {
  Comparison comparison;
  comparison.a = Evaluate(a);
  comparison.b = Evaluate(b);
  std::vector<PairedVerdict> verdicts;
  verdicts.reserve(a.size());
  for (size_t i = 0; i < a.size(); ++i) {
    verdicts.push_back({a[i].record.category, a[i].verdict.category, b[i].verdict.category});
    ++CellOf(verdicts.back(), &comparison);
  }
  comparison.mcnemar_p = McNemarExact(comparison.only_a_right, comparison.only_b_right);
  comparison.macro_f1_difference = BootstrapMacroF1Difference(verdicts, resamples, random);
  return comparison;
}

ComparisonOutcome StandingOf(const Comparison& comparison) {
  if (comparison.mcnemar_p >= kSignificance) return ComparisonOutcome::kNotToldApart;
  if (comparison.only_b_right > comparison.only_a_right && comparison.macro_f1_difference.low > 0) {
    return ComparisonOutcome::kBetter;
  }
  if (comparison.only_b_right < comparison.only_a_right &&
      comparison.macro_f1_difference.high < 0) {
    return ComparisonOutcome::kWorse;
  }
  return ComparisonOutcome::kNotToldApart;
}

}  // namespace clearway
