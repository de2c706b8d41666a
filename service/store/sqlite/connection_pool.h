#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/store/sqlite/connection.h"

namespace clearway {

// Lends connections out, each to one thread at a time. Thread-safe. Must outlive what it lent.
class SqliteConnectionPool {
 public:
  explicit SqliteConnectionPool(std::vector<std::unique_ptr<SqliteConnection>> connections)
      : idle_(std::move(connections)) {}

  // Gives the connection back when it goes.
  class Lease {
   public:
    Lease(SqliteConnectionPool* pool, std::unique_ptr<SqliteConnection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->GiveBack(std::move(connection_));
    }
    SqliteConnection& operator*() const { return *connection_; }
    SqliteConnection* operator->() const { return connection_.get(); }

   private:
    SqliteConnectionPool* pool_;
    std::unique_ptr<SqliteConnection> connection_;
  };

  // Waits until one is free. UNAVAILABLE when none is within `wait`.
  absl::StatusOr<Lease> Take(absl::Duration wait);

 private:
  void GiveBack(std::unique_ptr<SqliteConnection> connection);

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
};

}  // namespace clearway
