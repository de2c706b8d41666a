#include "service/domain/review.h"

#include "gtest/gtest.h"

namespace clearway {
namespace {

struct ReviewCase {
  const char* name;
  Category verdict;
  double confidence;
  ReviewThresholds thresholds;
  Category want;
};

class ReviewTest : public ::testing::TestWithParam<ReviewCase> {};

TEST_P(ReviewTest, DoubtfulVerdictsAreLeftToPeople) {
  const ReviewCase& c = GetParam();
  Classification verdict;
  verdict.category = c.verdict;
  verdict.confidence = c.confidence;
  verdict.reason = Reason::kStaffing;
  verdict.waiting_on = "HR";
  verdict.evidence = {{"title", 0, 4, "stop", 1}};
  const Classification reviewed = Reviewed(verdict, c.thresholds);
  EXPECT_EQ(reviewed.category, c.want);
  EXPECT_EQ(reviewed.likeliest, c.verdict);
  EXPECT_EQ(reviewed.confidence, c.confidence);
  EXPECT_EQ(reviewed.reason, verdict.reason);
  EXPECT_EQ(reviewed.waiting_on, verdict.waiting_on);
  EXPECT_EQ(reviewed.evidence, verdict.evidence);
}

constexpr Category kReview = Category::kNeedsReview;
const ReviewCase kCases[] = {
    {"NoThreshold", Category::kResource, 0, {0, 0}, Category::kResource},
    {"BlockedBelow", Category::kResource, 0.49, {0.5, 0}, kReview},
    {"BlockedAtTheThreshold", Category::kResource, 0.5, {0.5, 0}, Category::kResource},
    {"TechnicalIsBlockedToo", Category::kTechnical, 0.49, {0.5, 0}, kReview},
    {"NotBlockedHasItsOwn", Category::kNotBlocked, 0.49, {0.5, 0}, Category::kNotBlocked},
    {"NotBlockedBelow", Category::kNotBlocked, 0.49, {0, 0.5}, kReview},
    {"BlockedIsNotHeldToNotBlocked", Category::kResource, 0.49, {0, 0.5}, Category::kResource},
    {"AllButCertain", Category::kResource, 0.999, {1, 1}, kReview},
    {"Certain", Category::kResource, 1, {1, 1}, Category::kResource},
};
INSTANTIATE_TEST_SUITE_P(All, ReviewTest, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ReviewPolicyTest, TenantsHaveTheirOwnOrTheUsual) {
  const ReviewPolicy policy({0.3, 0.2}, {{"acme", {0.9, 0}}});
  EXPECT_EQ(policy.For("acme"), (ReviewThresholds{0.9, 0}));
  EXPECT_EQ(policy.For("globex"), (ReviewThresholds{0.3, 0.2}));
  EXPECT_EQ(ReviewPolicy().For("acme"), ReviewThresholds());
}

}  // namespace
}  // namespace clearway
