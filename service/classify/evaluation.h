#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "service/classify/record.h"
#include "service/domain/classification.h"

namespace clearway {

// A record that somebody judged beside what the classifier says of it.
struct JudgedVerdict {
  LabelledRecord record;
  Classification verdict;
};

// How often one class was found. A rate without cases is 0.
struct ClassScore {
  std::string name;
  // Records labelled so.
  int support = 0;
  // Verdicts that say so.
  int predicted = 0;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

// Right answers among the cases a measure applies to.
struct Ratio {
  int right = 0;
  int cases = 0;

  double value() const { return cases == 0 ? 0 : static_cast<double>(right) / cases; }
};

// Cases by [label][verdict]; rows in the order of kVerdictCategories, and columns too, with one
// more for NEEDS_REVIEW.
using Confusion = std::array<std::array<int, 6>, 5>;

// What a part of the records gives: those of one language, or of one difficulty.
struct GroupScore {
  Ratio accuracy;
  // Five categories, over those that were labelled or predicted within the group.
  double macro_f1 = 0;
  // As Evaluation.reason.
  Ratio reason;
};

struct Evaluation {
  // The verdict's category is the label's.
  Ratio accuracy;
  // In the taxonomy's order; macro F1 is the mean over the classes that were labelled or predicted.
  std::vector<ClassScore> classes;
  double macro_f1 = 0;
  // Technical, non-technical, not blocked.
  std::vector<ClassScore> three_way_classes;
  double three_way_macro_f1 = 0;
  // Among blocked records with a labelled reason whose category was found.
  Ratio reason;
  // Equal, or one within the other (case ignored), among records where a party is labelled.
  Ratio waiting_on;
  // Expected calibration error of the confidence over 10 bins of equal width.
  double calibration_error = 0;
  Confusion confusion{};
  // By what the records say; "" where they say nothing.
  std::map<std::string, GroupScore> by_language;
  std::map<std::string, GroupScore> by_difficulty;
};

// Counts one verdict. NEEDS_REVIEW and anything else that is no verdict category fall into the last
// column; `label` must be one of kVerdictCategories.
void CountVerdict(Category label, Category verdict, Confusion* confusion);

// The mean F1 over the five categories, those neither labelled nor predicted left out.
double FiveWayMacroF1(const Confusion& confusion);

// The same for technical, non-technical and not blocked.
double ThreeWayMacroF1(const Confusion& confusion);

// Pure. Every record must have labels.
Evaluation Evaluate(const std::vector<JudgedVerdict>& judged);

}  // namespace clearway
