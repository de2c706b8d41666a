#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace clearway::bench {

struct LoadOptions {
  // Calls under way at any time.
  int in_flight = 64;
  // Calls before counting starts.
  int64_t warm_up_calls = 2000;
  // Calls counted.
  int64_t calls = 20000;
};

struct LoadResult {
  double calls_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  int64_t failed = 0;
  // Of the first failure.
  std::string failure;
};

// Keeps `in_flight` calls of one method under way until `calls` have been made. Prepare: fills the
// request of call number n. Call: starts it, as a stub's async() method does.
template <typename Request, typename Response>
class Load {
 public:
  using Prepare = std::function<void(int64_t number, Request*)>;
  using Call = std::function<void(grpc::ClientContext*, const Request*, Response*,
                                  std::function<void(grpc::Status)>)>;

  Load(const LoadOptions& options, Prepare prepare, Call call)
      : options_(options), prepare_(std::move(prepare)), call_(std::move(call)) {}

  LoadResult Run() {
    Round(options_.warm_up_calls);
    latencies_us_.clear();
    const auto start = Clock::now();
    Round(options_.calls);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return Summary(seconds);
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Slot {
    std::unique_ptr<grpc::ClientContext> context;
    Request request;
    Response response;
    Clock::time_point start;
  };

  void Round(int64_t calls) {
    std::vector<Slot> slots(static_cast<size_t>(options_.in_flight));
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      last_ = next_ + calls;
      running_ = 0;
    }
    for (Slot& slot : slots) Next(&slot);
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return next_ == last_ && running_ == 0; });
  }

  void Next(Slot* slot) {
    int64_t number = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (next_ == last_) return;
      number = next_++;
      ++running_;
    }
    slot->context = std::make_unique<grpc::ClientContext>();
    prepare_(number, &slot->request);
    slot->start = Clock::now();
    call_(slot->context.get(), &slot->request, &slot->response,
          [this, slot](const grpc::Status& status) { Finished(slot, status); });
  }

  void Finished(Slot* slot, const grpc::Status& status) {
    const double us = std::chrono::duration<double, std::micro>(Clock::now() - slot->start).count();
    bool done = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      latencies_us_.push_back(us);
      if (!status.ok() && failed_++ == 0) failure_ = status.error_message();
      --running_;
      done = next_ == last_;
      // Under the lock: the waiter may destroy this as soon as it is let go.
      if (done && running_ == 0) idle_.notify_all();
    }
    if (!done) Next(slot);
  }

  LoadResult Summary(double seconds) {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    const auto rank = [this](double share) {
      return latencies_us_[static_cast<size_t>(share *
                                               static_cast<double>(latencies_us_.size() - 1))];
    };
    return {static_cast<double>(options_.calls) / seconds, rank(0.5), rank(0.99), failed_,
            failure_};
  }

  const LoadOptions options_;
  const Prepare prepare_;
  const Call call_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int64_t next_ = 0;
  int64_t last_ = 0;
  int running_ = 0;
  int64_t failed_ = 0;
  std::string failure_;
  std::vector<double> latencies_us_;
};

}  // namespace clearway::bench
