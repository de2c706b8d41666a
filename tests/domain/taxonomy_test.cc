#include "service/domain/taxonomy.h"

#include <map>

#include "gtest/gtest.h"

namespace clearway {
namespace {

TEST(TaxonomyTest, NamesReadBack) {
  for (int i = 0; i < kCategoryCount; ++i) {
    const auto category = static_cast<Category>(i);
    EXPECT_EQ(ParseCategory(CategoryName(category)), category);
  }
  for (int i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(ParseReason(ReasonName(reason)), reason);
  }
}

TEST(TaxonomyTest, UnknownNamesAreRefused) {
  EXPECT_EQ(ParseCategory("cross_team"), std::nullopt);
  EXPECT_EQ(ParseReason("BECAUSE"), std::nullopt);
}

TEST(TaxonomyTest, EveryReasonBelongsToABlockedCategory) {
  std::map<Category, int> count;
  for (int i = 1; i < kReasonCount; ++i) ++count[CategoryOf(static_cast<Reason>(i))];
  EXPECT_EQ(count, (std::map<Category, int>{{Category::kTechnical, 7},
                                            {Category::kCommunication, 5},
                                            {Category::kResource, 5},
                                            {Category::kCrossTeam, 7}}));
}

TEST(TaxonomyTest, TechnicalIsBlockedButNotNonTechnical) {
  EXPECT_TRUE(IsBlocked(Category::kTechnical));
  EXPECT_FALSE(IsNonTechnical(Category::kTechnical));
  EXPECT_TRUE(IsNonTechnical(Category::kResource));
  EXPECT_FALSE(IsBlocked(Category::kNotBlocked));
  EXPECT_FALSE(IsBlocked(Category::kNeedsReview));
}

}  // namespace
}  // namespace clearway
