#include "service/store/group_commit.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "service/base/status_macros.h"

namespace clearway {

GroupCommit::GroupCommit(Store& store, const Options& options)
    : store_(store),
      options_(options),
      writer_([this] { Write(); }),
      answerer_([this] { Answer(); }) {}

GroupCommit::~GroupCommit() { Shutdown(); }

void GroupCommit::Submit(Precheck precheck, Work work, Done done, std::vector<Touch> touches) {
  std::unique_lock<std::mutex> lock(mutex_);
  const absl::Status refused = Refusal();
  if (!refused.ok()) {
    lock.unlock();
    done(refused);
    return;
  }
  pending_.push_back({std::move(precheck), std::move(work), std::move(done), std::move(touches),
                      absl::OkStatus()});
  lock.unlock();
  wake_.notify_one();
}

absl::Status GroupCommit::Refusal() const {
  if (stopping_) {
    return absl::UnavailableError("the server is shutting down; send it again to another one");
  }
  if (pending_.size() >= options_.max_pending) {
    return absl::ResourceExhaustedError(
        "too many events are waiting to be written; wait a second and send it again");
  }
  return absl::OkStatus();
}

void GroupCommit::Shutdown() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  const std::lock_guard<std::mutex> lock(joining_);
  if (writer_.joinable()) writer_.join();
  if (answerer_.joinable()) answerer_.join();
}

void GroupCommit::Write() {
  for (bool more = true; more;) {
    std::vector<Item> batch = TakeBatch();
    more = !batch.empty();
    CommitBatch(batch);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      decided_.push_back(std::move(batch));
    }
    answer_.notify_one();
  }
}

void GroupCommit::Answer() {
  for (;;) {
    std::unique_lock<std::mutex> lock(mutex_);
    answer_.wait(lock, [this] { return !decided_.empty(); });
    std::vector<Item> batch = std::move(decided_.front());
    decided_.pop_front();
    lock.unlock();
    if (batch.empty()) return;
    for (Item& item : batch) item.done(std::move(item.status));
  }
}

std::vector<GroupCommit::Item> GroupCommit::TakeBatch() {
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
  size_t size = 0;
  for (size_t weight = 0; size < pending_.size(); ++size) {
    weight += std::max<size_t>(pending_[size].touches.size(), 1);
    if (size > 0 && weight > options_.max_batch) break;
  }
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  std::vector<Item> batch(std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
  pending_.erase(pending_.begin(), end);
  return batch;
}

void GroupCommit::CommitBatch(std::vector<Item>& batch) {
  for (Item& item : batch) {
    if (item.precheck) item.status = item.precheck();
  }
  // What is refused moves behind the rest, which keeps its order.
  const auto refused = std::stable_partition(batch.begin(), batch.end(),
                                             [](const Item& item) { return item.status.ok(); });
  const auto size = static_cast<size_t>(refused - batch.begin());
  size_t begin = 0;
  size_t end = size;
  while (begin < size) {
    size_t failed = end;
    const absl::Status status = Commit(batch, begin, end, &failed);
    if (status.ok()) {
      begin = end;
      end = size;
    } else if (failed == end || absl::IsUnavailable(status)) {
      // The store's fault, not a piece's: to try again one by one would only make everybody wait.
      for (; begin < size; ++begin) batch[begin].status = status;
    } else if (failed == begin) {
      batch[begin++].status = status;
      end = size;
    } else {
      end = failed;
    }
  }
}

absl::Status GroupCommit::Commit(const std::vector<Item>& batch, size_t begin, size_t end,
                                 size_t* failed) {
  std::vector<Touch> touches;
  for (size_t i = begin; i < end; ++i) {
    touches.insert(touches.end(), batch[i].touches.begin(), batch[i].touches.end());
  }
  return store_.Transact([&](Transaction& tx) -> absl::Status {
    *failed = end;
    RETURN_IF_ERROR(tx.Expect(touches));
    for (size_t i = begin; i < end; ++i) {
      absl::Status status = batch[i].work(tx);
      if (!status.ok()) {
        *failed = i;
        return status;
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace clearway
