#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace clearway {

// Answers whether the service is ready without letting those who ask wait for a store that hangs:
// one thread asks the store, however many ask this. Thread-safe.
class Readiness {
 public:
  struct Options {
    // The longest that Check waits; a probe that takes longer is a "no" until it is over.
    absl::Duration patience = absl::Seconds(1);
    // An answer serves those who ask within this time of it.
    absl::Duration fresh = absl::Seconds(1);
  };
  // `probe` may block; it is run on this object's own thread, one at a time.
  Readiness(std::function<absl::Status()> probe, const Options& options);
  // Waits for a probe under way.
  ~Readiness();

  // What the last probe said, where it is fresh, or a new one; UNAVAILABLE when that takes too
  // long.
  absl::Status Check();

 private:
  void Run();
  bool IsFresh() const;

  const std::function<absl::Status()> probe_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable answered_;
  bool asked_ = false;
  bool stopping_ = false;
  // Probes that are over.
  int64_t probes_ = 0;
  std::chrono::steady_clock::time_point last_end_;
  absl::Status last_;
  std::thread thread_;
};

}  // namespace clearway
