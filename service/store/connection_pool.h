#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace clearway {

// Lends connections out, each to one thread at a time, and calls a connection's Rest() when it
// comes back. Thread-safe. Must outlive what it lent.
template <typename Connection>
class ConnectionPool {
 public:
  explicit ConnectionPool(std::vector<std::unique_ptr<Connection>> connections)
      : idle_(std::move(connections)) {}

  // Gives the connection back when it goes.
  class Lease {
   public:
    Lease(ConnectionPool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->GiveBack(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits until one is free. UNAVAILABLE when none is within `wait`.
  absl::StatusOr<Lease> Take(absl::Duration wait) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto free = [this] { return !idle_.empty(); };
    if (wait == absl::InfiniteDuration()) {
      freed_.wait(lock, free);
    } else if (!freed_.wait_for(lock, absl::ToChronoNanoseconds(wait), free)) {
      return absl::UnavailableError(absl::StrCat("all connections to the database were busy for ",
                                                 absl::FormatDuration(wait),
                                                 "; try again, or raise the store's `readers`"));
    }
    // The last one back is the one whose cache is warmest.
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(this, std::move(connection));
  }

 private:
  void GiveBack(std::unique_ptr<Connection> connection) {
    connection->Rest();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      idle_.push_back(std::move(connection));
    }
    freed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace clearway
