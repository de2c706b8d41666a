#pragma once

#include <array>
#include <string>
#include <vector>

#include "service/domain/taxonomy.h"

namespace clearway {

// A stretch of a ticket's text that spoke for the verdict.
struct Evidence {
  // "title", "description" or "comments[i]".
  std::string field;
  // Bytes [begin, end) of that field.
  int begin = 0;
  int end = 0;
  std::string text;
  // Its contribution: what its words added to the log-odds of the verdict, the mean of the
  // category's and the reason's. Above 0.
  double weight = 0;
  // The same span in code points of the field; a byte that is no part of valid UTF-8 counts as one.
  int begin_code_point = 0;
  int end_code_point = 0;

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// What is said of one ticket by the classifier, or by a person in its place; see
// clearway.v1.Classification.
struct Classification {
  Category category = Category::kNotBlocked;
  Reason reason = Reason::kUnspecified;
  Category secondary = Category::kUnspecified;
  // Probability, 0 to 1.
  double confidence = 0;
  std::string waiting_on;
  // Strongest first, at most 3.
  std::vector<Evidence> evidence;
  std::string model_version;
  // "en", "zh" or "und".
  std::string language;
  // Of each of kVerdictCategories, in their order; they sum to 1. Neither sent nor stored: zeroes
  // in a verdict that comes from there.
  std::array<double, kVerdictCategories.size()> probabilities{};
  // What the model held likeliest, whatever became of it; kUnspecified until Reviewed sets it.
  Category likeliest = Category::kUnspecified;
  // The person whose word this is; empty: the model's own.
  std::string corrected_by;

  friend bool operator==(const Classification&, const Classification&) = default;
};

}  // namespace clearway
