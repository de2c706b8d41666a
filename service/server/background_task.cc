#include "service/server/background_task.h"

#include <utility>

namespace clearway {

void BackgroundTask::Start(std::function<void()> run) { thread_ = std::thread(std::move(run)); }

void BackgroundTask::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool BackgroundTask::stopping() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

BackgroundTask::Pause BackgroundTask::PauseUntil(Instant end) {
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait_until(lock, end, [this] { return stopping_ || woken_; });
  if (stopping_) return Pause::kStopped;
  return std::exchange(woken_, false) ? Pause::kWoken : Pause::kOver;
}

BackgroundTask::Pause BackgroundTask::PauseFor(absl::Duration time) {
  return PauseUntil(std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(time));
}

void BackgroundTask::Wake() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

}  // namespace clearway
