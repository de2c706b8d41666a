#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace clearway {

// Work behind the calls, on a thread of its own, in pieces with pauses between them, until it is
// stopped. Thread-safe.
class BackgroundTask {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  // How a pause ended.
  enum class Pause { kOver, kWoken, kStopped };

  BackgroundTask() = default;
  BackgroundTask(const BackgroundTask&) = delete;
  BackgroundTask& operator=(const BackgroundTask&) = delete;
  // Stops. Whatever `run` uses must outlive that.
  ~BackgroundTask() { Stop(); }

  // Once. `run` returns soon after stopping() has become true.
  void Start(std::function<void()> run);
  // Waits until `run` has returned. May be called twice.
  void Stop();
  bool stopping() const;

  // Within `run`: waits until `end`, or until it is woken or stopped.
  Pause PauseUntil(Instant end);
  Pause PauseFor(absl::Duration time);
  // Ends the pause under way; where there is none, the next one.
  void Wake();

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace clearway
