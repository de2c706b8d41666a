#pragma once

#include "service/classify/conditional_logit.h"
#include "service/classify/word_classes.h"

namespace clearway {

struct TrainOptions {
  // Inverse strength of L2 regularisation of the two heads and of the party tagger.
  double category_cost = 20;
  double reason_cost = 10;
  double party_cost = 0.2;
  // Features seen in fewer records are left out.
  int least_records = 4;
  // Likewise of the spans that may name who must act.
  int least_party_records = 2;
  // Weights of the tables below this share of the largest, in 127ths, are left out.
  int least_party_weight = 6;
  int least_lift_weight = 8;
  ChoiceTraining party_choice;
  // Of words that may name who must act, or stand around; without, each is learned by itself.
  WordClasses word_classes;
  double lift_cost = 20;
  int least_lift_comments = 2;
  // Folds of the cross-validation that calibration is fitted on; at least 2.
  int folds = 5;
};

}  // namespace clearway
