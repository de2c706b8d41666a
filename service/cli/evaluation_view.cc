#include "service/cli/evaluation_view.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "service/cli/verdict_json.h"
#include "service/domain/taxonomy.h"
#include "service/report/text_table.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

std::string Number(double value) { return absl::StrFormat("%.4f", value); }

std::string ColumnName(size_t column) {
  return std::string(column < kVerdictCategories.size() ? CategoryName(kVerdictCategories[column])
                                                        : CategoryName(Category::kNeedsReview));
}

std::string SummaryTable(const Evaluation& evaluation) {
  const auto row = [](std::string name, const Ratio& ratio) {
    return std::vector<std::string>{std::move(name), Number(ratio.value()),
                                    absl::StrCat(ratio.right, " of ", ratio.cases)};
  };
  return FormatTable(
      {{"measure"}, {"value", true}, {""}},
      {row("accuracy", evaluation.accuracy),
       {"macro F1", Number(evaluation.macro_f1), "five categories"},
       {"macro F1", Number(evaluation.three_way_macro_f1), "technical, non-technical, not blocked"},
       row("reason", evaluation.reason),
       row("waiting_on", evaluation.waiting_on),
       {"calibration error", Number(evaluation.calibration_error), "10 bins"}});
}

std::string ClassTable(const std::string& title, const std::vector<ClassScore>& classes) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(classes.size());
  for (const ClassScore& score : classes) {
    rows.push_back({score.name, Number(score.precision), Number(score.recall), Number(score.f1),
                    absl::StrCat(score.support), absl::StrCat(score.predicted)});
  }
  return FormatTable({{title},
                      {"precision", true},
                      {"recall", true},
                      {"F1", true},
                      {"labelled", true},
                      {"predicted", true}},
                     rows);
}

std::string ConfusionTable(const Evaluation& evaluation) {
  std::vector<TableColumn> columns = {{"label \\ verdict"}};
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < evaluation.confusion[0].size(); ++i) {
    columns.push_back({ColumnName(i), true});
  }
  for (size_t i = 0; i < evaluation.confusion.size(); ++i) {
    std::vector<std::string>& row = rows.emplace_back();
    row.push_back(ColumnName(i));
    for (const int cases : evaluation.confusion[i]) row.push_back(absl::StrCat(cases));
  }
  return FormatTable(columns, rows);
}

std::string GroupTable(const std::string& title, const std::map<std::string, GroupScore>& groups) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(groups.size());
  for (const auto& [key, score] : groups) {
    rows.push_back({key.empty() ? "-" : key, Number(score.accuracy.value()), Number(score.macro_f1),
                    score.reason.cases == 0 ? "-" : Number(score.reason.value()),
                    absl::StrCat(score.accuracy.cases)});
  }
  return FormatTable(
      {{title}, {"accuracy", true}, {"macro F1", true}, {"reason", true}, {"records", true}}, rows);
}

Json RatioJson(const Ratio& ratio) {
  return {{"value", ratio.value()}, {"right", ratio.right}, {"cases", ratio.cases}};
}

Json GroupsJson(const std::map<std::string, GroupScore>& groups) {
  Json json = Json::object();
  for (const auto& [key, score] : groups) {
    Json& group = json[key] = RatioJson(score.accuracy);
    group["macro_f1"] = score.macro_f1;
    group["reason"] = RatioJson(score.reason);
  }
  return json;
}

Json ClassesJson(const std::vector<ClassScore>& classes) {
  Json json = Json::object();
  for (const ClassScore& score : classes) {
    json[score.name] = {{"precision", score.precision},
                        {"recall", score.recall},
                        {"f1", score.f1},
                        {"labelled", score.support},
                        {"predicted", score.predicted}};
  }
  return json;
}

Json ConfusionJson(const Evaluation& evaluation) {
  Json json = Json::object();
  for (size_t row = 0; row < evaluation.confusion.size(); ++row) {
    Json& verdicts = json[ColumnName(row)];
    for (size_t column = 0; column < evaluation.confusion[row].size(); ++column) {
      verdicts[ColumnName(column)] = evaluation.confusion[row][column];
    }
  }
  return json;
}

}  // namespace

std::string EvaluationText(const Evaluation& evaluation, const std::string& model_version) {
  return absl::StrCat("model ", model_version, ", ", evaluation.accuracy.cases, " records\n\n",
                      SummaryTable(evaluation), "\n", ClassTable("category", evaluation.classes),
                      "\n", ClassTable("three ways", evaluation.three_way_classes), "\n",
                      ConfusionTable(evaluation), "\n",
                      GroupTable("language", evaluation.by_language), "\n",
                      GroupTable("difficulty", evaluation.by_difficulty));
}

std::string EvaluationJson(const Evaluation& evaluation, const std::string& model_version) {
  const Json json = {{"model_version", model_version},
                     {"accuracy", RatioJson(evaluation.accuracy)},
                     {"macro_f1", evaluation.macro_f1},
                     {"three_way_macro_f1", evaluation.three_way_macro_f1},
                     {"reason", RatioJson(evaluation.reason)},
                     {"waiting_on", RatioJson(evaluation.waiting_on)},
                     {"calibration_error", evaluation.calibration_error},
                     {"classes", ClassesJson(evaluation.classes)},
                     {"three_way_classes", ClassesJson(evaluation.three_way_classes)},
                     {"confusion", ConfusionJson(evaluation)},
                     {"by_language", GroupsJson(evaluation.by_language)},
                     {"by_difficulty", GroupsJson(evaluation.by_difficulty)}};
  return JsonText(json, 2) + "\n";
}

}  // namespace clearway
