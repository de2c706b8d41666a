#include "service/server/readiness.h"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

TEST(ReadinessTest, SaysWhatTheProbeSays) {
  std::atomic<bool> broken = false;
  Readiness readiness(
      [&] { return broken ? absl::UnavailableError("disk full") : absl::OkStatus(); },
      absl::Hours(1));
  EXPECT_THAT(readiness.Check(), IsOk());
  broken = true;
  EXPECT_THAT(readiness.Check(), StatusIs(absl::StatusCode::kUnavailable, "disk full"));
  broken = false;
  EXPECT_THAT(readiness.Check(), IsOk());
}

TEST(ReadinessTest, AProbeThatHangsIsANoAndHoldsNobodyUp) {
  std::latch let_go(1);
  std::atomic<int> probes = 0;
  Readiness readiness(
      [&] {
        if (++probes == 1) let_go.wait();
        return absl::OkStatus();
      },
      absl::Milliseconds(1));
  // More than there are threads for.
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(readiness.Check(), StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_EQ(probes, 1);
  let_go.count_down();
  while (!readiness.Check().ok()) std::this_thread::yield();
}

TEST(ReadinessTest, ManyWhoAskAtOnceAreAllAnswered) {
  std::latch let_go(1);
  std::atomic<int> probes = 0;
  Readiness readiness(
      [&] {
        ++probes;
        let_go.wait();
        return absl::OkStatus();
      },
      absl::Hours(1));
  std::vector<std::thread> askers;
  for (int i = 0; i < 8; ++i) askers.emplace_back([&] { EXPECT_THAT(readiness.Check(), IsOk()); });
  while (probes == 0) std::this_thread::yield();
  let_go.count_down();
  for (std::thread& asker : askers) asker.join();
  // Those who came after the first one's end have another.
  EXPECT_LE(probes, 8);
}

}  // namespace
}  // namespace clearway::testing
