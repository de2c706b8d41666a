#include "service/classify/evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

constexpr int kCalibrationBins = 10;

// kVerdictCategories first, anything else behind them.
size_t ColumnOf(Category category) {
  const auto* found = std::find(kVerdictCategories.begin(), kVerdictCategories.end(), category);
  return static_cast<size_t>(found - kVerdictCategories.begin());
}

void Count(bool right, Ratio* ratio) {
  ratio->right += right ? 1 : 0;
  ++ratio->cases;
}

double Divide(double part, double whole) { return whole == 0 ? 0 : part / whole; }

ClassScore Score(absl::string_view name, int both, int support, int predicted) {
  ClassScore score{std::string(name), support, predicted};
  score.precision = Divide(both, predicted);
  score.recall = Divide(both, support);
  score.f1 = Divide(2.0 * both, support + predicted);
  return score;
}

double MacroF1(const std::vector<ClassScore>& classes) {
  double sum = 0;
  int seen = 0;
  for (const ClassScore& score : classes) {
    sum += score.f1;
    seen += score.support + score.predicted > 0 ? 1 : 0;
  }
  return Divide(sum, seen);
}

// Scores the class that takes in the rows and columns for which `belongs` holds.
template <typename Belongs>
ClassScore ScoreClass(absl::string_view name, const Confusion& confusion, Belongs belongs) {
  int both = 0;
  int support = 0;
  int predicted = 0;
  for (size_t row = 0; row < confusion.size(); ++row) {
    for (size_t column = 0; column < confusion[row].size(); ++column) {
      const int cases = confusion[row][column];
      const bool labelled = belongs(row);
      const bool said = belongs(column);
      if (labelled) support += cases;
      if (said) predicted += cases;
      if (labelled && said) both += cases;
    }
  }
  return Score(name, both, support, predicted);
}

std::vector<ClassScore> FiveWayClasses(const Confusion& confusion) {
  std::vector<ClassScore> classes;
  for (size_t i = 0; i < kVerdictCategories.size(); ++i) {
    classes.push_back(ScoreClass(CategoryName(kVerdictCategories[i]), confusion,
                                 [i](size_t column) { return column == i; }));
  }
  return classes;
}

std::vector<ClassScore> ThreeWayClasses(const Confusion& confusion) {
  const auto in = [](bool (*predicate)(Category)) {
    return [predicate](size_t column) {
      return column < kVerdictCategories.size() && predicate(kVerdictCategories[column]);
    };
  };
  return {
      ScoreClass("NOT_BLOCKED", confusion,
                 in([](Category category) { return category == Category::kNotBlocked; })),
      ScoreClass("TECHNICAL", confusion,
                 in([](Category category) { return category == Category::kTechnical; })),
      ScoreClass("NON_TECHNICAL", confusion, in(&IsNonTechnical)),
  };
}

// What is counted of each group of records before its score can be reckoned.
struct GroupCount {
  Confusion confusion{};
  Ratio accuracy;
  Ratio reason;
};

void CountJudged(const JudgedVerdict& judged, GroupCount* count) {
  const auto& [record, verdict] = judged;
  const bool right = verdict.category == record.category;
  CountVerdict(record.category, verdict.category, &count->confusion);
  Count(right, &count->accuracy);
  if (right && record.reason != Reason::kUnspecified) {
    Count(verdict.reason == record.reason, &count->reason);
  }
}

std::map<std::string, GroupScore> ScoreGroups(const std::map<std::string, GroupCount>& counts) {
  std::map<std::string, GroupScore> scores;
  for (const auto& [key, count] : counts) {
    scores[key] = {count.accuracy, FiveWayMacroF1(count.confusion), count.reason};
  }
  return scores;
}

bool SameParty(const std::string& label, const std::string& verdict) {
  if (verdict.empty()) return false;
  const std::string a = absl::AsciiStrToLower(label);
  const std::string b = absl::AsciiStrToLower(verdict);
  return absl::StrContains(a, b) || absl::StrContains(b, a);
}

struct CalibrationBin {
  double confidence = 0;
  int right = 0;
  int cases = 0;
};

}  // namespace

void CountVerdict(Category label, Category verdict, Confusion* confusion) {
  ++(*confusion)[ColumnOf(label)][ColumnOf(verdict)];
}

double FiveWayMacroF1(const Confusion& confusion) { return MacroF1(FiveWayClasses(confusion)); }

double ThreeWayMacroF1(const Confusion& confusion) { return MacroF1(ThreeWayClasses(confusion)); }

Evaluation Evaluate(const std::vector<JudgedVerdict>& judged) {
  Evaluation evaluation;
  GroupCount all;
  std::map<std::string, GroupCount> by_language;
  std::map<std::string, GroupCount> by_difficulty;
  std::array<CalibrationBin, kCalibrationBins> bins;
  for (const JudgedVerdict& one : judged) {
    const auto& [record, verdict] = one;
    CountJudged(one, &all);
    CountJudged(one, &by_language[record.lang]);
    CountJudged(one, &by_difficulty[record.difficulty]);
    if (!record.waiting_on.empty()) {
      Count(SameParty(record.waiting_on, verdict.waiting_on), &evaluation.waiting_on);
    }
    const int bin = std::clamp(static_cast<int>(verdict.confidence * kCalibrationBins), 0,
                               kCalibrationBins - 1);
    CalibrationBin& counted = bins[static_cast<size_t>(bin)];
    counted.confidence += verdict.confidence;
    counted.right += verdict.category == record.category ? 1 : 0;
    ++counted.cases;
  }
  evaluation.accuracy = all.accuracy;
  evaluation.reason = all.reason;
  evaluation.confusion = all.confusion;
  for (const CalibrationBin& bin : bins) {
    evaluation.calibration_error +=
        Divide(std::abs(bin.confidence - bin.right), evaluation.accuracy.cases);
  }
  evaluation.classes = FiveWayClasses(all.confusion);
  evaluation.three_way_classes = ThreeWayClasses(all.confusion);
  evaluation.macro_f1 = MacroF1(evaluation.classes);
  evaluation.three_way_macro_f1 = MacroF1(evaluation.three_way_classes);
  evaluation.by_language = ScoreGroups(by_language);
  evaluation.by_difficulty = ScoreGroups(by_difficulty);
  return evaluation;
}

}  // namespace clearway
