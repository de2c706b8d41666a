#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "service/server/broadcast.h"
#include "service/server/executor.h"
#include "service/server/in_flight.h"

namespace clearway {
namespace {

TEST(ExecutorTest, RunsEverythingItAccepted) {
  std::atomic<int> ran{0};
  Executor executor(3, 1000);
  for (int i = 0; i < 500; ++i) EXPECT_TRUE(executor.Submit([&] { ++ran; }));
  executor.Shutdown();
  EXPECT_EQ(ran, 500);
}

TEST(ExecutorTest, RefusesBeyondItsLimit) {
  Executor executor(1, 2);
  std::latch release(1);
  EXPECT_TRUE(executor.Submit([&] { release.wait(); }));
  EXPECT_TRUE(executor.Submit([] {}));
  EXPECT_FALSE(executor.Submit([] {}));
  release.count_down();
  executor.Shutdown();
}

TEST(ExecutorTest, RefusesAfterShutdown) {
  Executor executor(1, 2);
  executor.Shutdown();
  EXPECT_FALSE(executor.Submit([] {}));
}

TEST(BroadcastTest, TellsSubscribersUntilTheyEnd) {
  Broadcast broadcast;
  int first = 0;
  int second = 0;
  const Broadcast::Subscription keeps = broadcast.Subscribe([&] { ++first; });
  {
    Broadcast::Subscription ends = broadcast.Subscribe([&] { ++second; });
    broadcast.Fire();
  }
  broadcast.Fire();
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
}

TEST(BroadcastTest, SubscriptionMovesWithItsHolder) {
  Broadcast broadcast;
  int told = 0;
  Broadcast::Subscription later;
  {
    Broadcast::Subscription now = broadcast.Subscribe([&] { ++told; });
    later = std::move(now);
  }
  broadcast.Fire();
  EXPECT_EQ(told, 1);
}

TEST(BroadcastTest, NoCallbackRunsOnceItsSubscriptionHasEnded) {
  Broadcast broadcast;
  std::atomic<bool> stop{false};
  std::thread firing([&] {
    while (!stop) broadcast.Fire();
  });
  for (int i = 0; i < 2000; ++i) {
    auto alive = std::make_unique<std::atomic<bool>>(true);
    {
      const Broadcast::Subscription subscription =
          broadcast.Subscribe([&flag = *alive] { EXPECT_TRUE(flag); });
    }
    *alive = false;
  }
  stop = true;
  firing.join();
}

TEST(DrainSignalTest, LatecomersSeeThatItFired) {
  DrainSignal drain;
  EXPECT_FALSE(drain.draining());
  drain.Fire();
  EXPECT_TRUE(drain.draining());
}

TEST(InFlightCallsTest, WaitEndsWithTheLastCall) {
  InFlightCalls calls;
  calls.Begin();
  calls.Begin();
  std::atomic<bool> ended{false};
  std::thread ending([&] {
    calls.End();
    ended = true;
    calls.End();
  });
  calls.AwaitNone(absl::Seconds(60));
  EXPECT_TRUE(ended);
  ending.join();
}

TEST(InFlightCallsTest, WaitEndsWithItsPatience) {
  InFlightCalls calls;
  calls.Begin();
  calls.AwaitNone(absl::Milliseconds(1));
  calls.End();
  calls.AwaitNone(absl::Seconds(60));
}

}  // namespace
}  // namespace clearway
