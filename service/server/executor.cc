#include "service/server/executor.h"

#include <utility>

#include "boost/asio/post.hpp"

namespace clearway {

bool Executor::Submit(std::function<void()> work) {
  if (pending_.fetch_add(1) >= max_pending_ || stopped_) {
    --pending_;
    return false;
  }
  boost::asio::post(pool_, [this, work = std::move(work)] {
    work();
    --pending_;
  });
  return true;
}

void Executor::Shutdown() {
  stopped_ = true;
  pool_.join();
}

}  // namespace clearway
