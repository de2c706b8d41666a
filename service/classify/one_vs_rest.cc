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
    weight_labels.push_back(static_cast<int>(k));
    class_weights.push_back(
        balanced ? static_cast<double>(rows) / (static_cast<double>(classes) * class_sizes[k]) : 1);
  }
  parameter param{};
  param.solver_type = L2R_LR;
  param.eps = 0.01;
  param.C = cost;
  param.nr_weight = static_cast<int>(classes);
  param.weight_label = weight_labels.data();
  param.weight = class_weights.data();
  set_print_string_function([](const char*) {});
  const std::unique_ptr<::model, FreeModel> trained(train(&prob, &param));

  LinearWeights result;
  // liblinear keeps one column for two classes, positive for the label it met first.
  const bool binary = classes == 2;
  const size_t columns = binary ? 1 : classes;
  const double sign = binary && trained->label[0] == 0 ? -1 : 1;
  result.weights.assign(static_cast<size_t>(examples.feature_count), std::vector<double>(columns));
  result.bias.resize(columns);
  for (size_t k = 0; k < columns; ++k) {
    const auto column = binary ? 0 : static_cast<size_t>(trained->label[k]);
    const auto weight = [&](size_t feature) { return sign * trained->w[feature * columns + k]; };
    for (size_t f = 0; f < result.weights.size(); ++f) result.weights[f][column] = weight(f);
    result.bias[column] = weight(result.weights.size());
  }
  return result;
}

}  // namespace clearway
