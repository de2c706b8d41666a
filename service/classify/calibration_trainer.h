#pragma once

#include <vector>

#include "service/classify/model.h"
#include "service/classify/training_example.h"
#include "service/classify/verdict_scorer.h"

namespace clearway {

// From `scores` of the examples, each by a model that had not seen it; fills their reasons. Every
// category weighs the same, for nobody knows their shares in the tickets to come.
Calibration FitCalibration(const std::vector<Example>& examples,
                           std::vector<VerdictScores>* scores);

}  // namespace clearway
