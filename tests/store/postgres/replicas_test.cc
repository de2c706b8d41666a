// Several stores over one database, at the same time.
#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "service/store/group_commit.h"
#include "tests/store/postgres/postgres_store_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::SizeIs;

// Two processes, many threads: every read-modify-write counts.
TEST_F(PostgresStoreTest, ReplicasLoseNoUpdateOfATicketTheyShare) {
  const int64_t id = PutBlocker(*store_);
  constexpr int kReplicas = 3;
  constexpr int kRounds = 40;
  std::vector<std::thread> replicas;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      for (int i = 0; i < kRounds; ++i) {
        EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
          Blocker blocker;
          // By either way in.
          if (r % 2 == 0) {
            ASSIGN_OR_RETURN(blocker, tx.GetBlocker(kTenant, id));
          } else {
            ASSIGN_OR_RETURN(const std::optional<Blocker> latest, tx.GetLatestBlocker(Key()));
            blocker = *latest;
          }
          ++blocker.escalation_level;
          RETURN_IF_ERROR(tx.PutBlocker(blocker).status());
          return tx.AppendChange(kTenant, id, {});
        }),
                    IsOk());
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(store_->GetBlocker(kTenant, id)->escalation_level, kReplicas * kRounds);
  EXPECT_THAT(store_->ListChanges(kTenant, id), IsOkAndHolds(SizeIs(kReplicas * kRounds)));
}

// Each takes several tickets in an order of its own, which would deadlock where each just waited.
TEST_F(PostgresStoreTest, TransactionsOverTheSameTicketsInAnyOrderAllGetThrough) {
  constexpr int kReplicas = 3;
  constexpr int kRounds = 20;
  // Each attempt learns of one more lock at least, so that all are known before the last.
  constexpr int kTickets = 5;
  std::vector<int64_t> ids;
  for (int i = 0; i < kTickets; ++i) ids.push_back(PutBlocker(*store_, Key(absl::StrCat(i))));
  std::vector<std::thread> replicas;
  for (int r = 0; r < kReplicas; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      std::vector<int64_t> order = ids;
      for (int i = 0; i < kRounds; ++i) {
        std::rotate(order.begin(), order.begin() + 1 + r, order.end());
        EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
          for (const int64_t id : order) {
            ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(kTenant, id));
            ++blocker.escalation_level;
            RETURN_IF_ERROR(tx.PutBlocker(blocker).status());
          }
          return absl::OkStatus();
        }),
                    IsOk());
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  for (const int64_t id : ids) {
    EXPECT_EQ(store_->GetBlocker(kTenant, id)->escalation_level, kReplicas * kRounds);
  }
}

// Two that insert one step at the same time: the second is run again and sees the first's.
TEST_F(PostgresStoreTest, AStepIsInsertedByOneReplicaAlone) {
  const int64_t id = PutBlocker(*store_);
  std::atomic<int> inserted = 0;
  std::vector<std::thread> replicas;
  for (int r = 0; r < 4; ++r) {
    replicas.emplace_back([&] {
      const std::unique_ptr<Store> store = database_.Open();
      bool mine = false;
      EXPECT_THAT(store->Transact([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<TakenStep> told, tx.ListSteps(kTenant, id, 1));
        mine = told.empty();
        return mine ? tx.InsertStep(FullStep(id)) : absl::OkStatus();
      }),
                  IsOk());
      if (mine) ++inserted;
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(inserted, 1);
}

// The same events by two replicas' group commits: each is new to exactly one of them.
TEST_F(PostgresStoreTest, AnEventSentToTwoReplicasIsTakenInOnce) {
  constexpr int kEvents = 200;
  std::atomic<int> fresh = 0;
  std::vector<std::thread> replicas;
  for (int r = 0; r < 2; ++r) {
    replicas.emplace_back([&, r] {
      const std::unique_ptr<Store> store = database_.Open();
      GroupCommit commits(*store, {.max_pending = kEvents, .max_batch = 16});
      std::vector<int> took(kEvents);
      std::latch answered(kEvents);
      for (int n = 0; n < kEvents; ++n) {
        // One from the front, the other from the back; a few tickets in all.
        const int i = r == 0 ? n : kEvents - 1 - n;
        const TicketKey key = Key(absl::StrCat(i % 7));
        const std::string event = absl::StrCat("e", i);
        commits.Submit(
            nullptr,
            [&took, i, key, event](Transaction& tx) -> absl::Status {
              ASSIGN_OR_RETURN(const bool is_fresh, tx.InsertEvent(key, {At(0), i, event}, At(1)));
              took[static_cast<size_t>(i)] = is_fresh ? 1 : 0;
              return tx.PutTicket(key, FullTicket());
            },
            [&answered](const absl::Status& status) {
              EXPECT_THAT(status, IsOk());
              answered.count_down();
            },
            {Touch{key, event}});
      }
      answered.wait();
      fresh += static_cast<int>(std::count(took.begin(), took.end(), 1));
    });
  }
  for (std::thread& replica : replicas) replica.join();
  EXPECT_EQ(fresh, kEvents);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM events"), absl::StrCat(kEvents));
}

// An id is one event's whichever ticket it names, so the tickets' locks do not help here.
TEST_F(PostgresStoreTest, AnEventIdThatAnotherTicketTookMeanwhileIsSeenAsADuplicate) {
  const std::unique_ptr<Store> other = database_.Open();
  int runs = 0;
  std::optional<bool> fresh;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Expect({{Key("A"), "e1"}}));
    RETURN_IF_ERROR(
        tx.GetTicket(Key("A")).status());  // the question about the event is answered too
    if (++runs == 1) {
      EXPECT_THAT(other->Transact([](Transaction& theirs) {
        return theirs.InsertEvent(Key("B"), {At(0), 0, "e1"}, At(0)).status();
      }),
                  IsOk());
    }
    ASSIGN_OR_RETURN(fresh, tx.InsertEvent(Key("A"), {At(0), 0, "e1"}, At(0)));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(fresh, false);
}

TEST_F(PostgresStoreTest, ATicketsLatestBlockerHasTheHighestIdWhoeverMadeIt) {
  const std::unique_ptr<Store> other = database_.Open();
  // Takes several ids at once, of which some are left.
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.PutBlocker(OpenBlocker(Key("A"))).status());
    RETURN_IF_ERROR(tx.PutBlocker(OpenBlocker(Key("A"))).status());
    const int64_t theirs = PutBlocker(*other, Key("B"));
    ASSIGN_OR_RETURN(const int64_t ours, tx.PutBlocker(OpenBlocker(Key("B"))));
    EXPECT_GT(ours, theirs);
    ASSIGN_OR_RETURN(const std::optional<Blocker> latest, tx.GetLatestBlocker(Key("B")));
    EXPECT_EQ(latest->id, ours);
    return absl::OkStatus();
  }),
              IsOk());
}

}  // namespace
}  // namespace clearway::testing
