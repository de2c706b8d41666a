#include "service/server/executor.h"

#include <utility>

#include "boost/asio/post.hpp"
#include "boost/asio/thread_pool.hpp"

namespace clearway {

Executor::Executor(size_t threads, size_t max_pending)
    : pool_(std::make_unique<boost::asio::thread_pool>(threads)), max_pending_(max_pending) {}

Executor::~Executor() { Shutdown(); }

bool Executor::Submit(std::function<void()> work) {
  if (pending_.fetch_add(1) >= max_pending_ || stopped_) {
    --pending_;
    return false;
  }
  boost::asio::post(*pool_, [this, work = std::move(work)] {
    work();
    --pending_;
  });
  return true;
}

void Executor::Shutdown() {
  stopped_ = true;
  pool_->join();
}

}  // namespace clearway
