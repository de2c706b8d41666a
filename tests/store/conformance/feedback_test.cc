#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StoreFeedbackTest : public StoreConformanceTest {
 protected:
  std::vector<int64_t> Ids(absl::Time since, const Page& page) {
    const absl::StatusOr<std::vector<Feedback>> rows = store().ListFeedback(kTenant, since, page);
    EXPECT_THAT(rows, IsOk());
    std::vector<int64_t> ids;
    for (const Feedback& row : *rows) ids.push_back(row.id);
    return ids;
  }
};

TEST_P(StoreFeedbackTest, AllOfItComesBackWithItsTicket) {
  const Feedback feedback = FullFeedback(Put(OpenBlocker(Key())));
  Put(feedback);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(ElementsAre(feedback)));
  EXPECT_THAT(store().ListFeedback(kOtherTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreFeedbackTest, NeedsNeitherBlockerNorSnapshot) {
  Feedback feedback = FullFeedback(0);
  feedback.snapshot.reset();
  Put(feedback);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(ElementsAre(feedback)));
}

TEST_P(StoreFeedbackTest, SnapshotOfAnEmptyTicketIsASnapshot) {
  Feedback feedback = FullFeedback(0);
  feedback.snapshot.emplace();
  Put(feedback);
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(ElementsAre(feedback)));
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

CLEARWAY_ALL_BACKENDS(StoreFeedbackTest);

}  // namespace
}  // namespace clearway::testing
