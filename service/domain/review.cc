#include "service/domain/review.h"

namespace clearway {

Classification Reviewed(Classification verdict, const ReviewThresholds& thresholds) {
  verdict.likeliest = verdict.category;
  const double least =
      IsBlocked(verdict.category) ? thresholds.blocked_below : thresholds.not_blocked_below;
  if (verdict.confidence < least) verdict.category = Category::kNeedsReview;
  return verdict;
}

}  // namespace clearway
