#pragma once

#include <random>
#include <vector>

#include "service/domain/taxonomy.h"

namespace clearway {

// Whether two classifiers, judged on the same records, differ by more than chance. Pure.

// One record: what it is, and what each of the two says of it. The label is one of
// kVerdictCategories.
struct PairedVerdict {
  Category label = Category::kNotBlocked;
  Category a = Category::kNotBlocked;
  Category b = Category::kNotBlocked;
};

// The exact test of McNemar (Q. McNemar, "Note on the sampling error of the difference between
// correlated proportions or percentages", Psychometrika 12, 1947), two-sided: how likely the
// records on which only one of the two is right fall as unevenly as this, or more so, where each of
// the two is as likely to be the right one. 1 where there are no such records.
double McNemarExact(int only_a_right, int only_b_right);

struct Interval {
  double low = 0;
  double high = 0;
};

// The 95 % percentile interval of B's five-way macro F1 less A's, by bootstrap over records, the
// two verdicts on a record staying together (B. Efron and R. Tibshirani, "An Introduction to the
// Bootstrap", 1993, chapter 13). The same state of `random` gives the same interval. `resamples` of
// at least 39: with fewer, no resample is left outside. {0, 0} without records.
Interval BootstrapMacroF1Difference(const std::vector<PairedVerdict>& verdicts, int resamples,
                                    std::mt19937_64& random);

}  // namespace clearway
