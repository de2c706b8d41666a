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
  // `probe` may block; it is run on this object's own thread, one at a time. One that takes longer
  // than `patience` is a "no" until it is over.
  Readiness(std::function<absl::Status()> probe, absl::Duration patience);
  // Waits for a probe under way.
  ~Readiness();

  // What a probe says that ends from now on; UNAVAILABLE when none does within `patience`.
  absl::Status Check();

 private:
  void Run();

  const std::function<absl::Status()> probe_;
  const absl::Duration patience_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable answered_;
  bool asked_ = false;
  bool stopping_ = false;
  // Probes that are over.
  int64_t probes_ = 0;
  absl::Status last_;
  std::thread thread_;
};

}  // namespace clearway
