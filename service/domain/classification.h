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

// What the classifier says of one ticket; see clearway.v1.Classification.
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

  friend bool operator==(const Classification&, const Classification&) = default;
};

}  // namespace clearway
