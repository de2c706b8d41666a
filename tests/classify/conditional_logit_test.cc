#include "service/classify/conditional_logit.h"

#include <vector>

#include "gmock/gmock.h"

namespace clearway {
namespace {

// Feature 0 is right, feature 1 is wrong, feature 2 says nothing.
std::vector<Choice> Choices() {
  std::vector<Choice> choices;
  for (int i = 0; i < 50; ++i) {
    choices.push_back({{{{0, 2}, 0, true}, {{1, 2}, 0, false}, {{2}, 0, false}}});
  }
  return choices;
}

TEST(ConditionalLogitTest, LearnsWhatMakesAnOptionRight) {
  const ChoiceWeights trained = TrainConditionalLogit(Choices(), 3, ChoiceTraining());
  ASSERT_EQ(trained.weights.size(), 3U);
  EXPECT_GT(trained.weights[0], trained.weights[2]);
  EXPECT_LT(trained.weights[1], trained.weights[2]);
  EXPECT_LT(trained.none, trained.weights[0] + trained.weights[2]);
}

TEST(ConditionalLogitTest, WhereNothingIsRightNoneIsChosen) {
  std::vector<Choice> choices = Choices();
  for (int i = 0; i < 50; ++i) choices.push_back({{{{1}, 0, false}}});
  const ChoiceWeights trained = TrainConditionalLogit(choices, 3, ChoiceTraining());
  EXPECT_GT(trained.none, trained.weights[1]);
  EXPECT_LT(trained.none, trained.weights[0] + trained.weights[2]);
}

TEST(ConditionalLogitTest, TheNumberHasAWeight) {
  std::vector<Choice> choices;
  for (int i = 0; i < 50; ++i) choices.push_back({{{{}, 2, true}, {{}, -2, false}}});
  EXPECT_GT(TrainConditionalLogit(choices, 0, ChoiceTraining()).number_weight, 0);
}

TEST(ConditionalLogitTest, ChoicesWithoutOptionsAreTaken) {
  EXPECT_GT(TrainConditionalLogit({Choice(), Choice()}, 0, ChoiceTraining()).none, -1);
}

}  // namespace
}  // namespace clearway
