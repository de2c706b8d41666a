#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/conformance/conformance.h"
#include "tests/store/part_matchers.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreTransactionsTest : public StoreConformanceTest {};

TEST_P(StoreTransactionsTest, AnEmptyOneIsFine) {
  EXPECT_THAT(store().Transact([](Transaction&) { return absl::OkStatus(); }), IsOk());
  EXPECT_THAT(store().CheckReady(), IsOk());
}

TEST_P(StoreTransactionsTest, FailedWorkLeavesNothingAndItsStatusComesBack) {
  const absl::Status status = store().Transact([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.InsertEvent(Key(), {At(0), 0, "e1"}, At(0)).status());
    RETURN_IF_ERROR(tx.PutTicket(Key(), FullTicket()));
    ASSIGN_OR_RETURN(const int64_t id, tx.PutBlocker(OpenBlocker(Key())));
    RETURN_IF_ERROR(tx.AppendChange(kTenant, id, {}));
    RETURN_IF_ERROR(tx.InsertEscalation(FullEscalation(id)).status());
    RETURN_IF_ERROR(tx.InsertFeedback(FullFeedback(id)));
    return absl::OutOfRangeError("the work's own");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange, Eq("the work's own")));
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(List(""), IsEmpty());
  EXPECT_THAT(store().LastEscalationId(), IsOkAndHolds(0));
  EXPECT_THAT(store().ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(IsEmpty())));
}

TEST_P(StoreTransactionsTest, AStatementThatFailsDoesNotSpoilTheRest) {
  EXPECT_THAT(store().Transact([&](Transaction& tx) {
    EXPECT_THAT(tx.PutTicket(Key(), FullTicket()), IsOk());
    EXPECT_THAT(tx.AppendChange(kTenant, 17, {}), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(tx.GetBlocker(kTenant, 17), StatusIs(absl::StatusCode::kNotFound));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_THAT(store().GetTicket(Key()), IsOkAndHolds(Eq(FullTicket())));
}

TEST_P(StoreTransactionsTest, ALostRaceIsRunAgain) {
  int runs = 0;
  EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
    EXPECT_THAT(tx.InsertEvent(Key(), {At(0), 0, "e1"}, At(0)), IsOkAndHolds(true));
    return ++runs == 1 ? absl::AbortedError("lost") : absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
}

TEST_P(StoreTransactionsTest, ARaceLostForEverIsUnavailable) {
  EXPECT_THAT(store().Transact([](Transaction&) { return absl::AbortedError("lost"); }),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_P(StoreTransactionsTest, OtherFailuresAreNotRunAgain) {
  int runs = 0;
  EXPECT_THAT(store().Transact([&](Transaction&) {
    ++runs;
    return absl::UnavailableError("no");
  }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(runs, 1);
}

// Reads a level, then writes one more: lost updates would show.
TEST_P(StoreTransactionsTest, OneRunsAfterTheOther) {
  const int64_t id = Put(OpenBlocker(Key()));
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(kTenant, id));
          ++blocker.escalation_level;
          return tx.PutBlocker(blocker).status();
        }),
                    IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store().GetBlocker(kTenant, id)->escalation_level, kThreads * kRounds);
}

// Each transaction writes two; an odd number would be half of one.
TEST_P(StoreTransactionsTest, ReadersSeeWholeTransactions) {
  constexpr int kTransactions = 50;
  std::atomic<bool> done = false;
  constexpr int kReaders = 3;
  std::vector<std::thread> readers;
  readers.reserve(kReaders);
  for (int r = 0; r < kReaders; ++r) {
    readers.emplace_back([&] {
      while (!done) {
        const absl::StatusOr<std::vector<OpenBlockerCount>> counts = store().CountOpenBlockers();
        ASSERT_THAT(counts, IsOk());
        for (const OpenBlockerCount& count : *counts) EXPECT_EQ(count.count % 2, 0);
      }
    });
  }
  for (int i = 0; i < kTransactions; ++i) {
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.PutBlocker(OpenBlocker(Key("A"))).status());
      return tx.PutBlocker(OpenBlocker(Key("B"))).status();
    }),
                IsOk());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_THAT(List("", {1000, std::nullopt}), SizeIs(2 * kTransactions));
}

CLEARWAY_ALL_BACKENDS(StoreTransactionsTest);

}  // namespace
}  // namespace clearway::testing
