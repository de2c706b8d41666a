#pragma once

#include <vector>

namespace clearway {

// A choice of one among several options, or of none of them.
struct Choice {
  struct Option {
    // From 0, without repeats; each counts 1.
    std::vector<int> features;
    // One number besides, under a weight of its own.
    double number = 0;
    bool right = false;
  };
  // At most all are right; where none is, none should be chosen.
  std::vector<Option> options;
};

struct ChoiceWeights {
  // By feature.
  std::vector<double> weights;
  double number_weight = 0;
  // Score of choosing none.
  double none = 0;
};

struct ChoiceTraining {
  int rounds = 12;
  double step = 0.03;
  // Strength of L2 regularisation, a choice.
  double decay = 2e-3;
};

// Fits a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior",
// 1974): the probability of an option is proportional to e to the sum of its weights. Maximises the
// probability that a right option is chosen by stochastic gradients with a step of its own for each
// weight (Duchi et al., JMLR 12, 2011), going through the choices in the order given: the same
// choices give the same weights.
ChoiceWeights TrainConditionalLogit(const std::vector<Choice>& choices, int feature_count,
                                    const ChoiceTraining& training);

}  // namespace clearway
