#include "service/store/connection_pool.h"

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"

#include "service/store/sqlite/connection.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

std::vector<std::unique_ptr<SqliteConnection>> Connections(int count) {
  std::vector<std::unique_ptr<SqliteConnection>> connections;
  connections.reserve(static_cast<size_t>(count));
  SqliteConnection::Options options;
  options.path = ":memory:";
  for (int i = 0; i < count; ++i) connections.push_back(*SqliteConnection::Open(options));
  return connections;
}

TEST(ConnectionPoolTest, LendsEachConnectionOnce) {
  ConnectionPool<SqliteConnection> pool(Connections(2));
  const auto first = pool.Take(absl::ZeroDuration());
  const auto second = pool.Take(absl::ZeroDuration());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(&**first, &**second);
  EXPECT_THAT(pool.Take(absl::ZeroDuration()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ConnectionPoolTest, WhatWasGivenBackIsLentAgain) {
  ConnectionPool<SqliteConnection> pool(Connections(1));
  EXPECT_THAT(pool.Take(absl::ZeroDuration()), IsOk());
  EXPECT_THAT(pool.Take(absl::ZeroDuration()), IsOk());
}

TEST(ConnectionPoolTest, AWaiterGetsWhatIsGivenBack) {
  ConnectionPool<SqliteConnection> pool(Connections(1));
  std::optional<ConnectionPool<SqliteConnection>::Lease> lease = *pool.Take(absl::ZeroDuration());
  std::thread waiter([&] { EXPECT_THAT(pool.Take(absl::InfiniteDuration()), IsOk()); });
  lease.reset();
  waiter.join();
}

TEST(ConnectionPoolTest, ADeadlineEndsWithItsLease) {
  ConnectionPool<SqliteConnection> pool(Connections(1));
  // Enough steps for the deadline to be looked at.
  constexpr char kLong[] =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
      "SELECT count(*) FROM n";
  {
    const auto lease = pool.Take(absl::ZeroDuration());
    ASSERT_THAT(lease, IsOk());
    (*lease)->set_deadline(std::chrono::steady_clock::now());
    EXPECT_THAT((*lease)->Prepare(kLong)->Run(), StatusIs(absl::StatusCode::kDeadlineExceeded));
  }
  const auto lease = pool.Take(absl::ZeroDuration());
  ASSERT_THAT(lease, IsOk());
  EXPECT_THAT((*lease)->Prepare(kLong)->Run(), IsOk());
}

}  // namespace
}  // namespace clearway::testing
