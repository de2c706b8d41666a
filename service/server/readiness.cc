#include "service/server/readiness.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace clearway {

Readiness::Readiness(std::function<absl::Status()> probe, absl::Duration patience)
    : probe_(std::move(probe)), patience_(patience), thread_([this] { Run(); }) {}

Readiness::~Readiness() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

absl::Status Readiness::Check() {
  std::unique_lock<std::mutex> lock(mutex_);
  asked_ = true;
  wake_.notify_all();
  const int64_t before = probes_;
  if (answered_.wait_for(lock, absl::ToChronoNanoseconds(patience_),
                         [&] { return probes_ > before; })) {
    return last_;
  }
  return absl::UnavailableError(absl::StrCat("the store has not answered for ",
                                             absl::FormatDuration(patience_),
                                             "; it hangs or is overloaded"));
}

void Readiness::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    lock.unlock();
    absl::Status status = probe_();
    lock.lock();
    asked_ = false;
    ++probes_;
    last_ = std::move(status);
    answered_.notify_all();
  }
}

}  // namespace clearway
