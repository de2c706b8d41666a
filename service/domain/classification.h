#pragma once

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
  // Log-odds added to the verdict.
  double weight = 0;

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
  // What the model held likeliest, whatever became of it; kUnspecified until Reviewed sets it.
  Category likeliest = Category::kUnspecified;
  // The person whose word this is; empty: the model's own.
  std::string corrected_by;

  friend bool operator==(const Classification&, const Classification&) = default;
};

}  // namespace clearway
