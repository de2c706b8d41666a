#pragma once

#include <random>
#include <vector>

#include "service/classify/evaluation.h"
#include "service/classify/paired_tests.h"

namespace clearway {

// What may be said of B against A.
enum class ComparisonOutcome { kNotToldApart, kBetter, kWorse };

// Two classifiers on the same records.
struct Comparison {
  Evaluation a;
  Evaluation b;
  // Records by whose category was right.
  int both_right = 0;
  int only_a_right = 0;
  int only_b_right = 0;
  int neither_right = 0;
  // Two-sided, exact: below 0.05 the accuracies differ by more than chance.
  double mcnemar_p = 1;
  // 95 %, of B's five-way macro F1 less A's: where 0 lies outside, they differ by more than chance.
  Interval macro_f1_difference;
};

// `a[i]` and `b[i]` must be verdicts on the same record, all with labels. `random` and `resamples`
// are for the interval.
Comparison Compare(const std::vector<JudgedVerdict>& a, const std::vector<JudgedVerdict>& b,
                   int resamples, std::mt19937_64& random);

// By both measures: better or worse only where the accuracy and the macro F1 differ by more than
// chance, and in the same direction. Either alone would be wrong more often than one time in
// twenty.
ComparisonOutcome StandingOf(const Comparison& comparison);

}  // namespace clearway
