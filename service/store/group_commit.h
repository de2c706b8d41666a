#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "service/store/store.h"

namespace clearway {

// Puts work that arrives together into one transaction, so that one flush to disk serves many
// answers.
//
// One thread runs the work in the order it came. Where one piece fails, its batch is rolled back
// and each piece is run again in a transaction of its own, so that nobody pays for another's fault.
// Work must therefore be repeatable. Thread-safe.
class GroupCommit {
 public:
  struct Options {
    // Work waiting beyond this is refused with RESOURCE_EXHAUSTED.
    size_t max_pending = 4096;
    // Most pieces in one transaction.
    size_t max_batch = 256;
  };
  // Runs inside the transaction.
  using Work = std::function<absl::Status(Transaction&)>;
  // Called once, on the writer's thread, after the commit or the failure; must not block.
  using Done = std::function<void(absl::Status)>;
  // Asked right before the work is run; not OK: the work is skipped and the status handed to Done.
  using Precheck = std::function<absl::Status()>;

  // `store` must outlive this.
  GroupCommit(Store& store, const Options& options);
  // Finishes what was accepted.
  ~GroupCommit();

  // RESOURCE_EXHAUSTED when too much is waiting, UNAVAILABLE after Shutdown; `done` is then called
  // on the caller's thread.
  void Submit(Precheck precheck, Work work, Done done);

  // Finishes what was accepted, refuses what comes. May be called twice.
  void Shutdown();

 private:
  struct Item {
    Precheck precheck;
    Work work;
    Done done;
    absl::Status status;
  };
  void Run();
  void CommitBatch(std::deque<Item>& batch);

  Store& store_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> pending_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace clearway
