#pragma once

#include <string>

#include "service/classify/evaluation.h"

namespace clearway {

// An evaluation for people: tables in plain text.
std::string EvaluationText(const Evaluation& evaluation, const std::string& model_version);

// The same as one JSON object.
std::string EvaluationJson(const Evaluation& evaluation, const std::string& model_version);

}  // namespace clearway
