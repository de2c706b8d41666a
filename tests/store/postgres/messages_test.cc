// What a tenant was told: counted, limited and read on from.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/postgres/postgres_store_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What limits messages is read and acted upon by one transaction of the tenant after the other.
TEST_F(PostgresStoreTest, ReplicasThatTellATenantsPeopleTakeTurns) {
  constexpr int kReplicas = 3;
  constexpr int kRounds = 20;
  constexpr int kLimit = 17;
  std::vector<std::thread> replicas;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      for (int i = 0; i < kRounds; ++i) {
        const TicketKey ticket = Key(absl::StrCat(r, "-", i));
        const int64_t blocker = PutBlocker(*store, ticket);
        EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.LockMessages(kTenant));
          ASSIGN_OR_RETURN(const int64_t count, tx.CountMessages(kTenant, At(0), At(100)));
          ASSIGN_OR_RETURN(
              const std::vector<RecentMessage> recent,
              tx.RecentMessages(kTenant, "party/legal", At(0), At(100), kReplicas * kRounds));
          EXPECT_EQ(recent.size(), static_cast<size_t>(count));
          if (count >= kLimit) return absl::OkStatus();
          return tx.InsertEscalation(FullEscalation(blocker, ticket)).status();
        }),
                    IsOk());
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(database_.Value("SELECT count(*) FROM escalations"), absl::StrCat(kLimit));
}

// A round trip for each event of a batch would be most of what ingest takes.
TEST_F(PostgresStoreTest, WhatATenantWasToldIsReadOnceInATransaction) {
  const int64_t blocker = PutBlocker(*store_);
  Escalation escalation = FullEscalation(blocker);
  escalation.create_time = At(10);
  const auto add = [&](Transaction& tx) { return tx.InsertEscalation(escalation).status(); };
  ASSERT_THAT(store_->Transact(add), IsOk());
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.LockMessages(kTenant));
    EXPECT_THAT(tx.CountMessages(kTenant, At(0), At(20)), IsOkAndHolds(1));
    EXPECT_THAT(tx.RecentMessages(kTenant, escalation.recipient, At(0), At(20), 9),
                IsOkAndHolds(SizeIs(1)));
    database_.Execute("DELETE FROM escalations");
    EXPECT_THAT(tx.CountMessages(kTenant, At(1), At(21)), IsOkAndHolds(1));
    EXPECT_THAT(tx.RecentMessages(kTenant, escalation.recipient, At(1), At(21), 9),
                IsOkAndHolds(SizeIs(1)));
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_F(PostgresStoreTest, MoreMessagesThanAreRememberedAreCountedToo) {
  constexpr int kMany = 1100;
  const int64_t blocker = PutBlocker(*store_);
  Escalation escalation = FullEscalation(blocker);
  escalation.create_time = At(10);
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.LockMessages(kTenant));
    for (int i = 0; i < kMany; ++i) RETURN_IF_ERROR(tx.InsertEscalation(escalation).status());
    EXPECT_THAT(tx.CountMessages(kTenant, At(0), At(20)), IsOkAndHolds(kMany));
    EXPECT_THAT(tx.RecentMessages(kTenant, escalation.recipient, At(0), At(20), 2),
                IsOkAndHolds(SizeIs(2)));
    return absl::OkStatus();
  }),
              IsOk());
}

// Whoever reads on from the last escalation seen must not miss one that took its id early and was
// committed late.
TEST_F(PostgresStoreTest, TheTailOfEscalationsWaitsForLowerIdsUnderWay) {
  const std::unique_ptr<Store> other = database_.Open();
  const int64_t blocker = PutBlocker(*store_, Key("A"));
  const int64_t other_blocker = PutBlocker(*store_, Key("B"));
  int64_t early = 0;
  int64_t late = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(early, tx.InsertEscalation(FullEscalation(blocker, Key("A"))));
    EXPECT_THAT(other->Transact([&](Transaction& theirs) -> absl::Status {
      ASSIGN_OR_RETURN(late, theirs.InsertEscalation(FullEscalation(other_blocker, Key("B"))));
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_LT(early, late);
    EXPECT_THAT(other->EscalationsAfter(kTenant, 0, 10), IsOkAndHolds(IsEmpty()));
    EXPECT_THAT(other->LastEscalationId(), IsOkAndHolds(0));
    EXPECT_THAT(other->ListEscalations(kTenant, 0, {}), IsOkAndHolds(SizeIs(1)));
    return absl::OkStatus();
  }),
              IsOk());
  const auto has_id = [](int64_t id) { return ::testing::Field("id", &Escalation::id, id); };
  EXPECT_THAT(other->EscalationsAfter(kTenant, 0, 10),
              IsOkAndHolds(ElementsAre(has_id(early), has_id(late))));
  EXPECT_THAT(other->LastEscalationId(), IsOkAndHolds(late));
}

}  // namespace
}  // namespace clearway::testing
