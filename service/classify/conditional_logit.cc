#include "service/classify/conditional_logit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace clearway {
namespace {

// A weight with the sum of its squared gradients.
struct Weight {
  double value = 0;
  double squares = 1e-8;

  void Step(double gradient, const ChoiceTraining& training) {
    gradient += training.decay * value;
    squares += gradient * gradient;
    value -= training.step * gradient / std::sqrt(squares);
  }
};

class Trainer {
 public:
  Trainer(int feature_count, const ChoiceTraining& training)
      : training_(training), weights_(static_cast<size_t>(feature_count)) {}

  void Learn(const Choice& choice) {
    const size_t count = choice.options.size();
    // Of the options, then of none.
    std::vector<double> scores;
    double right = 0;
    for (const Choice::Option& option : choice.options) {
      scores.push_back(Score(option));
      right += option.right ? 1 : 0;
    }
    scores.push_back(none_.value);
    const double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    double right_sum = 0;
    for (size_t i = 0; i <= count; ++i) {
      scores[i] = std::exp(scores[i] - largest);
      sum += scores[i];
      if (IsRight(choice, i, right)) right_sum += scores[i];
    }
    for (size_t i = 0; i <= count; ++i) {
      // The gradient of the negative logarithm of what is right.
      double gradient = scores[i] / sum;
      if (IsRight(choice, i, right)) gradient -= scores[i] / right_sum;
      if (i == count) {
        none_.Step(gradient, training_);
      } else if (std::abs(gradient) > kLeastGradient) {
        Step(choice.options[i], gradient);
      }
    }
  }

  ChoiceWeights Result() const {
    ChoiceWeights result;
    for (const Weight& weight : weights_) result.weights.push_back(weight.value);
    result.number_weight = number_.value;
    result.none = none_.value;
    return result;
  }

 private:
  // Options that are all but settled teach nothing.
  static constexpr double kLeastGradient = 1e-4;

  static bool IsRight(const Choice& choice, size_t option, double right) {
    return option == choice.options.size() ? right == 0 : choice.options[option].right;
  }

  double Score(const Choice::Option& option) const {
    double score = option.number * number_.value;
    for (const int f : option.features) score += weights_[static_cast<size_t>(f)].value;
    return score;
  }

  void Step(const Choice::Option& option, double gradient) {
    number_.Step(gradient * option.number, training_);
    for (const int f : option.features) weights_[static_cast<size_t>(f)].Step(gradient, training_);
  }

  const ChoiceTraining training_;
  std::vector<Weight> weights_;
  Weight number_;
  Weight none_;
};

}  // namespace

ChoiceWeights TrainConditionalLogit(const std::vector<Choice>& choices, int feature_count,
                                    const ChoiceTraining& training) {
  Trainer trainer(feature_count, training);
  for (int round = 0; round < training.rounds; ++round) {
    for (const Choice& choice : choices) trainer.Learn(choice);
  }
  return trainer.Result();
}

}  // namespace clearway
