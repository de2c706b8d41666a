#pragma once

#include <string>

#include "service/classify/comparison.h"

namespace clearway {

// What the two classifiers of a comparison are called.
struct ComparedModels {
  // As named on the command line.
  std::string a;
  std::string b;
  std::string a_version;
  std::string b_version;
};

// A comparison for people: tables in plain text, and a sentence that says what follows.
std::string ComparisonText(const Comparison& comparison, const ComparedModels& models);

// The same as one JSON object.
std::string ComparisonJson(const Comparison& comparison, const ComparedModels& models);

}  // namespace clearway
