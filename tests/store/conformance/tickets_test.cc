#include <optional>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::Eq;

class StoreTicketsTest : public StoreConformanceTest {};

TEST_P(StoreTicketsTest, AnUnknownTicketIsNothing) {
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(StoreTicketsTest, ATicketComesBackWhole) {
  Put(Key(), FullTicket());
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
}

TEST_P(StoreTicketsTest, ADeletedTicketHasNoVerdict) {
  StoredTicket ticket = FullTicket();
  ticket.classification.reset();
  Put(Key(), ticket);
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(ticket)));
}

TEST_P(StoreTicketsTest, TheLastPutStays) {
  Put(Key(), FullTicket());
  StoredTicket ticket = FullTicket();
  ticket.state.ticket.title = "shorter";
  ticket.state.comments.clear();
  Put(Key(), ticket);
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(ticket)));
}

TEST_P(StoreTicketsTest, TenantSourceAndKeyTellTicketsApart) {
  Put(Key(), FullTicket());
  EXPECT_THAT(store().GetTicket({"globex", "jira", "PAY-1"}), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(store().GetTicket({"acme", "github", "PAY-1"}), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(store().GetTicket({"acme", "jira", "pay-1"}), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(StoreTicketsTest, ALargeTicketComesBackWhole) {
  StoredTicket ticket = FullTicket();
  ticket.state.ticket.description = std::string(1 << 20, 'd');
  for (int i = 0; i < 300; ++i) {
    const std::string id = std::to_string(1000 + i);
    ticket.state.comments.push_back(
        {{id, "ana", std::string(1000, 'c'), At(i), At(i + 1)}, {At(i), i, "e" + id}, i % 2 == 0});
  }
  Put(Key(), ticket);
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(ticket)));
}

TEST_P(StoreTicketsTest, ATransactionSeesWhatItWrote) {
  EXPECT_THAT(store().Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.GetTicket(Key()), IsOkAndHolds(Eq(std::nullopt)));
    EXPECT_THAT(tx.PutTicket(Key(), FullTicket()), IsOk());
    EXPECT_THAT(tx.GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
    return absl::OkStatus();
  }),
              IsOk());
}

CLEARWAY_ALL_BACKENDS(StoreTicketsTest);

}  // namespace
}  // namespace clearway::testing
