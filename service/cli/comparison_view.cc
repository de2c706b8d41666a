#include "service/cli/comparison_view.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "service/cli/verdict_json.h"
#include "service/report/display_text.h"
#include "service/report/text_table.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> MeasureRow(const std::string& name, double a, double b) {
  return {name, absl::StrFormat("%.4f", a), absl::StrFormat("%.4f", b),
          absl::StrFormat("%+.4f", b - a)};
}

std::string MeasureTable(const Evaluation& a, const Evaluation& b) {
  return FormatTable(
      {{"measure"}, {"A", true}, {"B", true}, {"B less A", true}},
      {MeasureRow("accuracy", a.accuracy.value(), b.accuracy.value()),
       MeasureRow("macro F1, five categories", a.macro_f1, b.macro_f1),
       MeasureRow("macro F1, three ways", a.three_way_macro_f1, b.three_way_macro_f1),
       MeasureRow("reason", a.reason.value(), b.reason.value())});
}

std::string PairTable(const Comparison& comparison) {
  return FormatTable(
      {{"records"}, {"B right", true}, {"B wrong", true}},
      {{"A right", absl::StrCat(comparison.both_right), absl::StrCat(comparison.only_a_right)},
       {"A wrong", absl::StrCat(comparison.only_b_right), absl::StrCat(comparison.neither_right)}});
}

std::string Significance(double p) {
  return p < 0.0001 ? "p < 0.0001" : absl::StrFormat("p = %.4f", p);
}

std::string StandingSentence(ComparisonOutcome standing) {
  switch (standing) {
    case ComparisonOutcome::kBetter:
      return "B is better than A: accuracy and macro F1 are higher by more than chance explains.";
    case ComparisonOutcome::kWorse:
      return "B is worse than A: accuracy and macro F1 are lower by more than chance explains.";
    case ComparisonOutcome::kNotToldApart:
      break;
  }
  return "B is not told apart from A by these records: not both accuracy and macro F1 differ by "
         "more "
         "than chance explains.";
}

std::string StandingName(ComparisonOutcome standing) {
  switch (standing) {
    case ComparisonOutcome::kBetter:
      return "BETTER";
    case ComparisonOutcome::kWorse:
      return "WORSE";
    case ComparisonOutcome::kNotToldApart:
      break;
  }
  return "NOT_TOLD_APART";
}

Json ModelJson(const std::string& name, const std::string& version, const Evaluation& evaluation) {
  return {{"model", name},
          {"model_version", version},
          {"accuracy", evaluation.accuracy.value()},
          {"macro_f1", evaluation.macro_f1},
          {"three_way_macro_f1", evaluation.three_way_macro_f1},
          {"reason", evaluation.reason.value()}};
}

}  // namespace

std::string ComparisonText(const Comparison& comparison, const ComparedModels& models) {
  const Interval& interval = comparison.macro_f1_difference;
  return absl::StrCat(
      "A: ", OneLine(models.a), ", model ", OneLine(models.a_version), "\nB: ", OneLine(models.b),
      ", model ", OneLine(models.b_version), "\n", comparison.a.accuracy.cases, " records\n\n",
      MeasureTable(comparison.a, comparison.b), "\n", PairTable(comparison), "\n",
      "accuracy: ", Significance(comparison.mcnemar_p), " (McNemar's exact test, two-sided)\n",
      absl::StrFormat("macro F1, B less A: %+.4f to %+.4f (95 %% interval, paired bootstrap)\n",
                      interval.low, interval.high),
      StandingSentence(StandingOf(comparison)), "\n");
}

std::string ComparisonJson(const Comparison& comparison, const ComparedModels& models) {
  const Json json = {{"records", comparison.a.accuracy.cases},
                     {"a", ModelJson(models.a, models.a_version, comparison.a)},
                     {"b", ModelJson(models.b, models.b_version, comparison.b)},
                     {"both_right", comparison.both_right},
                     {"only_a_right", comparison.only_a_right},
                     {"only_b_right", comparison.only_b_right},
                     {"neither_right", comparison.neither_right},
                     {"mcnemar_p", comparison.mcnemar_p},
                     {"macro_f1_difference",
                      {{"low", comparison.macro_f1_difference.low},
                       {"high", comparison.macro_f1_difference.high}}},
                     {"b_is", StandingName(StandingOf(comparison))}};
  return JsonText(json, 2) + "\n";
}

}  // namespace clearway
