#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"

#include "service/store/store.h"

namespace clearway {

// Puts work that arrives together into one transaction, so that one flush to disk serves many
// answers.
//
// One thread runs the work in the order it came, another hands out the answers, so that the next
// batch is under way while the last one is answered. Where a piece fails, its batch is rolled back:
// what stood before the piece is committed without it, then the piece is tried first in the next
// batch, so that a failure handed out is always the piece's own. Work must therefore be repeatable.
// Where the store fails, its status goes to the whole batch. Thread-safe.
class GroupCommit {
 public:
  struct Options {
    // Work waiting beyond this is refused with RESOURCE_EXHAUSTED.
    size_t max_pending = 4096;
    // Most pieces in one transaction, and most tickets that they say they will touch; a piece that
    // touches more is alone in its own.
    size_t max_batch = 256;
  };
  // Runs inside the transaction.
  using Work = std::function<absl::Status(Transaction&)>;
  // Called once, after the commit or the failure, in the order of the work; must not block.
  using Done = std::function<void(absl::Status)>;
  // Asked right before the work is run; not OK: the work is skipped and the status handed to Done.
  // May be empty.
  using Precheck = std::function<absl::Status()>;

  // `store` must outlive this.
  GroupCommit(Store& store, const Options& options);
  // Finishes what was accepted.
  ~GroupCommit();

  // RESOURCE_EXHAUSTED when too much is waiting, UNAVAILABLE after Shutdown; `done` is then called
  // on the caller's thread. `touches`, as far as they are known, let the store prepare for the
  // whole batch.
  void Submit(Precheck precheck, Work work, Done done, std::vector<Touch> touches = {});

  // Finishes what was accepted, refuses what comes. May be called twice, but not from a Work or a
  // Done.
  void Shutdown();

 private:
  struct Item {
    Precheck precheck;
    Work work;
    Done done;
    std::vector<Touch> touches;
    absl::Status status;
  };
  // Why nothing more can be taken now. Called with `mutex_` held.
  absl::Status Refusal() const;
  void Write();
  void Answer();
  std::vector<Item> TakeBatch();
  void CommitBatch(std::vector<Item>& batch);
  // Runs [begin, end) in one transaction. Returns the index of the piece that failed, or `end`.
  absl::Status Commit(const std::vector<Item>& batch, size_t begin, size_t end, size_t* failed);

  Store& store_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> pending_;
  bool stopping_ = false;
  std::condition_variable answer_;
  // Batches that are over, oldest first; an empty one is the last.
  std::deque<std::vector<Item>> decided_;
  std::mutex joining_;
  std::thread writer_;
  std::thread answerer_;
};

}  // namespace clearway
