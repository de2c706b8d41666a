#include "service/store/sqlite/connection_pool.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace clearway {

absl::StatusOr<SqliteConnectionPool::Lease> SqliteConnectionPool::Take(absl::Duration wait) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto free = [this] { return !idle_.empty(); };
  if (wait == absl::InfiniteDuration()) {
    freed_.wait(lock, free);
  } else if (!freed_.wait_for(lock, absl::ToChronoNanoseconds(wait), free)) {
    return absl::UnavailableError(absl::StrCat("all connections to the database were busy for ",
                                               absl::FormatDuration(wait),
                                               "; try again, or raise store.sqlite.readers"));
  }
  // The last one back is the one whose cache is warmest.
  std::unique_ptr<SqliteConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return Lease(this, std::move(connection));
}

void SqliteConnectionPool::GiveBack(std::unique_ptr<SqliteConnection> connection) {
  connection->set_deadline(std::nullopt);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

}  // namespace clearway
