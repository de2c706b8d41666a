#include "service/classify/one_vs_rest.h"

#include <linear.h>

#include <memory>

namespace clearway {
namespace {

struct FreeModel {
  void operator()(::model* m) const { free_and_destroy_model(&m); }
};

}  // namespace

LinearWeights TrainOneVsRest(const SparseExamples& examples, double cost, bool balanced) {
  const size_t rows = examples.rows.size();
  const auto classes = static_cast<size_t>(examples.class_count);
  // liblinear counts features from 1 and ends a row with -1; the bias is one more feature.
  const int bias_index = examples.feature_count + 1;
  size_t entries = 0;
  for (const auto& row : examples.rows) entries += row.size() + 2;
  std::vector<feature_node> nodes;
  nodes.reserve(entries);
  std::vector<feature_node*> starts;
  std::vector<double> labels(examples.labels.begin(), examples.labels.end());
  std::vector<double> class_sizes(classes);
  for (const int label : examples.labels) class_sizes[static_cast<size_t>(label)] += 1;
  for (const auto& row : examples.rows) {
    starts.push_back(nodes.data() + nodes.size());
    for (const auto& entry : row) nodes.push_back({entry.feature + 1, entry.value});
    nodes.push_back({bias_index, 1});
    nodes.push_back({-1, 0});
  }

  problem prob{};
  prob.l = static_cast<int>(rows);
  prob.n = bias_index;
  prob.y = labels.data();
  prob.x = starts.data();
  prob.bias = 1;
  std::vector<int> weight_labels;
  std::vector<double> class_weights;
  for (size_t k = 0; k < classes; ++k) {
    if (class_sizes[k] == 0) continue;
    weight_labels.push_back(static_cast<int>(k));
    class_weights.push_back(
        balanced ? static_cast<double>(rows) / (static_cast<double>(classes) * class_sizes[k]) : 1);
  }
  parameter param{};
  param.solver_type = L2R_LR;
  param.eps = 0.01;
  param.C = cost;
  param.nr_weight = static_cast<int>(weight_labels.size());
  param.weight_label = weight_labels.data();
  param.weight = class_weights.data();
  set_print_string_function([](const char*) {});
  const std::unique_ptr<::model, FreeModel> trained(train(&prob, &param));

  LinearWeights result;
  // Of two classes, both are in one column, positive for the label that liblinear met first.
  const bool paired = trained->nr_class == 2;
  const size_t stride = paired ? 1 : static_cast<size_t>(trained->nr_class);
  const size_t columns = classes == 2 ? 1 : classes;
  const auto features = static_cast<size_t>(examples.feature_count);
  result.weights.assign(features, std::vector<double>(columns));
  // A class without examples is never the answer.
  constexpr double kNever = -20;
  result.bias.assign(columns, kNever);
  for (size_t k = 0; k < static_cast<size_t>(trained->nr_class); ++k) {
    const auto label = static_cast<size_t>(trained->label[k]);
    if (classes == 2 && label == 0) continue;
    const size_t column = classes == 2 ? 0 : label;
    const double sign = paired && k == 1 ? -1 : 1;
    const auto weight = [&](size_t feature) {
      return sign * trained->w[feature * stride + (paired ? 0 : k)];
    };
    for (size_t f = 0; f < features; ++f) result.weights[f][column] = weight(f);
    result.bias[column] = weight(features);
  }
  return result;
}

}  // namespace clearway
