#include "service/classify/evidence.h"

#include <vector>

#include "gmock/gmock.h"

namespace clearway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LoudestSentencesTest, ComeTheLoudestFirst) {
  EXPECT_THAT(LoudestSentences({0.5, -1, 3, 0.25, 2}, 3), ElementsAre(2, 4, 0));
  EXPECT_THAT(LoudestSentences({-3, -2, -5}, 6), ElementsAre(1, 0, 2));
  EXPECT_THAT(LoudestSentences({}, 3), IsEmpty());
}

TEST(LoudestSentencesTest, OfEqualsTheLaterOneComesFirst) {
  EXPECT_THAT(LoudestSentences({1, 2, 1, 2, 1}, 4), ElementsAre(3, 1, 4, 2));
  EXPECT_THAT(LoudestSentences({0.0, -0.0, 0.0}, 3), ElementsAre(2, 1, 0));
}

TEST(LoudestSentencesTest, AreAtMostSoMany) {
  const std::pmr::vector<double> weights(100, 1.0);
  EXPECT_THAT(LoudestSentences(weights, kMostLoudest),
              ElementsAre(99, 98, 97, 96, 95, 94, 93, 92, 91, 90));
  EXPECT_THAT(LoudestSentences(weights, 1), ElementsAre(99));
}

}  // namespace
}  // namespace clearway
