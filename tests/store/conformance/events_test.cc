#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

class StoreEventsTest : public StoreConformanceTest {
 protected:
  // True: it was not there before.
  bool Insert(const TicketKey& ticket, const std::string& event_id) {
    bool fresh = false;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      const absl::StatusOr<bool> inserted = tx.InsertEvent(ticket, {At(0), 7, event_id}, At(1));
      fresh = inserted.value_or(false);
      return inserted.status();
    }),
                IsOk());
    return fresh;
  }
};

TEST_P(StoreEventsTest, AnEventIsNewOnce) {
  EXPECT_TRUE(Insert(Key(), "e1"));
  EXPECT_FALSE(Insert(Key(), "e1"));
  EXPECT_TRUE(Insert(Key(), "e2"));
}

TEST_P(StoreEventsTest, AnIdIsUniqueWithinTenantAndSourceAlone) {
  EXPECT_TRUE(Insert({"acme", "jira", "PAY-1"}, "e1"));
  EXPECT_TRUE(Insert({"globex", "jira", "PAY-1"}, "e1"));
  EXPECT_TRUE(Insert({"acme", "github", "PAY-1"}, "e1"));
  EXPECT_FALSE(Insert({"acme", "jira", "ANOTHER-2"}, "e1"));
}

TEST_P(StoreEventsTest, TwiceInOneTransactionIsSeen) {
  EXPECT_THAT(store().Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(0), 0, "e1"}, At(1)), IsOkAndHolds(true));
    EXPECT_THAT(tx.InsertEvent(Key(), {At(5), 1, "e1"}, At(6)), IsOkAndHolds(false));
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(StoreEventsTest, AnEventOfAFailedTransactionIsNewAgain) {
  EXPECT_THAT(store().Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(0), 0, "e1"}, At(1)), IsOkAndHolds(true));
    return absl::NotFoundError("no");
  }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(Insert(Key(), "e1"));
}

TEST_P(StoreEventsTest, IdsAreComparedByteByByte) {
  EXPECT_TRUE(Insert(Key(), "Event"));
  EXPECT_TRUE(Insert(Key(), "event"));
  EXPECT_TRUE(Insert(Key(), "event "));
  EXPECT_TRUE(Insert(Key(), std::string("event\0x", 7)));
  EXPECT_TRUE(Insert(Key(), std::string("event\0y", 7)));
  EXPECT_FALSE(Insert(Key(), std::string("event\0x", 7)));
  EXPECT_TRUE(Insert(Key(), "'); DROP TABLE events; --"));
  EXPECT_FALSE(Insert(Key(), "'); DROP TABLE events; --"));
}

CLEARWAY_ALL_BACKENDS(StoreEventsTest);

}  // namespace
}  // namespace clearway::testing
