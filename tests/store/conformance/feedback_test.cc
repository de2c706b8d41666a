#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/store/conformance/conformance.h"
#include "tests/store/part_matchers.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

class StoreFeedbackTest : public StoreConformanceTest {
 protected:
  std::vector<int64_t> Ids(absl::Time since, const Page& page) {
    const absl::StatusOr<Part<Feedback>> part = store().ListFeedback(kTenant, since, page);
    EXPECT_THAT(part, IsOk());
    next_before_id_ = part->next_before_id;
    std::vector<int64_t> ids;
    for (const Feedback& row : part->rows) ids.push_back(row.id);
    return ids;
  }

  // Of the page that was read last.
  std::optional<int64_t> next_before_id_;
};

TEST_P(StoreFeedbackTest, AllOfItComesBackWithItsTicket) {
  const Feedback feedback = FullFeedback(Put(OpenBlocker(Key())));
  Put(feedback);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(ElementsAre(feedback))));
  EXPECT_THAT(store().ListFeedback(kOtherTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(IsEmpty())));
}

TEST_P(StoreFeedbackTest, NeedsNeitherBlockerNorSnapshot) {
  Feedback feedback = FullFeedback(0);
  feedback.snapshot.reset();
  Put(feedback);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(ElementsAre(feedback))));
}

TEST_P(StoreFeedbackTest, SnapshotOfAnEmptyTicketIsASnapshot) {
  Feedback feedback = FullFeedback(0);
  feedback.snapshot.emplace();
  Put(feedback);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(ElementsAre(feedback))));
}

TEST_P(StoreFeedbackTest, PagesAreNewestFirstAndSinceATime) {
  for (int64_t second = 1; second <= 5; ++second) {
    Feedback feedback = FullFeedback(0);
    feedback.time = At(second);
    Put(feedback);
  }
  EXPECT_THAT(Ids(absl::InfinitePast(), {}), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(Ids(absl::InfinitePast(), {.size = 2, .before_id = 4}), ElementsAre(3, 2));
  EXPECT_THAT(Ids(At(4), {}), ElementsAre(5, 4)) << "the first moment belongs to it";
  EXPECT_THAT(Ids(At(6), {}), IsEmpty());
}

TEST_P(StoreFeedbackTest, APageLooksAtNoMoreThanItIsAllowedTo) {
  for (int64_t second = 1; second <= 5; ++second) {
    Feedback feedback = FullFeedback(0);
    feedback.time = At(second == 1 ? 10 : second);
    Put(feedback);
  }
  EXPECT_THAT(Ids(At(10), {.size = 2, .before_id = {}, .most_examined = 3}), IsEmpty());
  ASSERT_THAT(next_before_id_, Optional(3));
  EXPECT_THAT(Ids(At(10), {.size = 2, .before_id = 3, .most_examined = 3}), ElementsAre(1));
  EXPECT_EQ(next_before_id_, std::nullopt);
}

CLEARWAY_ALL_BACKENDS(StoreFeedbackTest);

}  // namespace
}  // namespace clearway::testing
