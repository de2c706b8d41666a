#include "service/server/background_task.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace clearway::testing {
namespace {

using Pause = BackgroundTask::Pause;

constexpr absl::Duration kForever = absl::Hours(1000);

TEST(BackgroundTaskTest, APauseEndsByItself) {
  BackgroundTask task;
  EXPECT_EQ(task.PauseFor(absl::ZeroDuration()), Pause::kOver);
  EXPECT_EQ(task.PauseUntil(BackgroundTask::Instant::min()), Pause::kOver);
}

TEST(BackgroundTaskTest, StopEndsThePauseAndWaitsForTheRun) {
  BackgroundTask task;
  Pause ended = Pause::kOver;
  task.Start([&] { ended = task.PauseFor(kForever); });
  task.Stop();
  EXPECT_EQ(ended, Pause::kStopped);
  EXPECT_TRUE(task.stopping());
  task.Stop();
}

TEST(BackgroundTaskTest, TheDestructorStops) {
  std::atomic<bool> returned{false};
  {
    BackgroundTask task;
    task.Start([&] {
      while (task.PauseFor(kForever) != Pause::kStopped) {
      }
      returned = true;
    });
  }
  EXPECT_TRUE(returned);
}

TEST(BackgroundTaskTest, AWakeEndsOnePause) {
  BackgroundTask task;
  std::thread waker([&task] { task.Wake(); });
  EXPECT_EQ(task.PauseFor(kForever), Pause::kWoken);
  waker.join();
  EXPECT_EQ(task.PauseFor(absl::ZeroDuration()), Pause::kOver);
}

TEST(BackgroundTaskTest, WakesBetweenPausesEndTheNextOne) {
  BackgroundTask task;
  task.Wake();
  task.Wake();
  EXPECT_EQ(task.PauseFor(kForever), Pause::kWoken);
  EXPECT_EQ(task.PauseFor(absl::ZeroDuration()), Pause::kOver);
}

TEST(BackgroundTaskTest, NothingPausesOnceItIsStopped) {
  BackgroundTask task;
  task.Stop();
  task.Wake();
  EXPECT_EQ(task.PauseFor(kForever), Pause::kStopped);
}

}  // namespace
}  // namespace clearway::testing
