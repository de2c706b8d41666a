#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace boost::asio {
class thread_pool;
}

namespace clearway {

// Threads for what would block gRPC's own: reads of the store, large classifications. Thread-safe.
class Executor {
 public:
  // At most `max_pending` pieces wait or run; both numbers are at least 1.
  Executor(size_t threads, size_t max_pending);
  // Runs what was accepted.
  ~Executor();

  // False, and `work` is dropped: too much is waiting already, or Shutdown was called.
  bool Submit(std::function<void()> work);

  // Runs what was accepted, refuses what comes. Not to be called from a piece of work.
  void Shutdown();

 private:
  const std::unique_ptr<boost::asio::thread_pool> pool_;
  const size_t max_pending_;
  std::atomic<size_t> pending_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace clearway
