#pragma once

#include "service/classify/train_options.h"
#include "service/classify/training_example.h"
#include "service/classify/weight_table.h"

namespace clearway {

// Weights of categories and reasons.
WeightTable TrainVerdict(const Examples& examples, const TrainOptions& options);

}  // namespace clearway
