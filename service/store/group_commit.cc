#include "service/store/group_commit.h"

#include <algorithm>
#include <utility>

#include "service/base/status_macros.h"

namespace clearway {

GroupCommit::GroupCommit(Store& store, const Options& options)
    : store_(store), options_(options), thread_([this] { Run(); }) {}

GroupCommit::~GroupCommit() { Shutdown(); }

void GroupCommit::Submit(Precheck precheck, Work work, Done done) {
  absl::Status refused;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) {
      refused = absl::UnavailableError("the server is shutting down; send it again to another one");
    } else if (pending_.size() >= options_.max_pending) {
      refused = absl::ResourceExhaustedError(
          "too many events are waiting to be written; wait a "
          "second and send it again");
    } else {
      pending_.push_back({std::move(precheck), std::move(work), std::move(done), absl::OkStatus()});
    }
  }
  if (!refused.ok()) {
    done(refused);
    return;
  }
  wake_.notify_one();
}

void GroupCommit::Shutdown() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void GroupCommit::Run() {
  for (;;) {
    std::deque<Item> batch;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
      if (pending_.empty()) return;
      const size_t size = std::min(pending_.size(), options_.max_batch);
      const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
      std::move(pending_.begin(), end, std::back_inserter(batch));
      pending_.erase(pending_.begin(), end);
    }
    CommitBatch(batch);
    for (Item& item : batch) item.done(std::move(item.status));
  }
}

void GroupCommit::CommitBatch(std::deque<Item>& batch) {
  for (Item& item : batch) item.status = item.precheck();
  const absl::Status together = store_.Transact([&](Transaction& tx) -> absl::Status {
    for (Item& item : batch) {
      if (item.status.ok()) RETURN_IF_ERROR(item.work(tx));
    }
    return absl::OkStatus();
  });
  if (together.ok()) return;
  for (Item& item : batch) {
    if (item.status.ok()) item.status = store_.Transact(item.work);
  }
}

}  // namespace clearway
