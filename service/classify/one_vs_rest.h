#pragma once

#include <cstdint>
#include <vector>

namespace clearway {

// Examples with sparse features, for TrainOneVsRest.
struct SparseExamples {
  struct Entry {
    // From 0.
    int feature = 0;
    float value = 0;
  };
  // Each with features in ascending order.
  std::vector<std::vector<Entry>> rows;
  // From 0.
  std::vector<int> labels;
  int feature_count = 0;
  int class_count = 0;
};

struct LinearWeights {
  // [feature][class]
  std::vector<std::vector<double>> weights;
  // [class]
  std::vector<double> bias;
};

// L2-regularised logistic regression of each class against the others. `cost` is liblinear's C;
// `balanced` weighs classes inversely to their frequency; one that does not occur is never the
// answer. Of two classes, the second alone is trained: there is one column of weights, positive for
// it.
LinearWeights TrainOneVsRest(const SparseExamples& examples, double cost, bool balanced);

}  // namespace clearway
