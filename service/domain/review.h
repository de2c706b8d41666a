#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"

#include "service/domain/classification.h"

namespace clearway {

// Confidences, 0 to 1, below which a verdict is left to people; 0: never.
struct ReviewThresholds {
  double blocked_below = 0;
  double not_blocked_below = 0;

  friend bool operator==(const ReviewThresholds&, const ReviewThresholds&) = default;
};

// What each tenant asks for. Immutable once built, so thread-safe.
class ReviewPolicy {
 public:
  ReviewPolicy() = default;
  ReviewPolicy(const ReviewThresholds& usual,
               absl::flat_hash_map<std::string, ReviewThresholds> own)
      : usual_(usual), own_(std::move(own)) {}

  const ReviewThresholds& For(const std::string& tenant) const {
    const auto found = own_.find(tenant);
    return found == own_.end() ? usual_ : found->second;
  }

 private:
  ReviewThresholds usual_;
  absl::flat_hash_map<std::string, ReviewThresholds> own_;
};

// The classifier's verdict as a tenant is to see it: NEEDS_REVIEW where its confidence is below the
// threshold of its category. What was held likeliest stands in `likeliest`, and the rest stays as
// it is, for those who review.
Classification Reviewed(Classification verdict, const ReviewThresholds& thresholds);

}  // namespace clearway
