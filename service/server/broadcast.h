#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace clearway {

// Tells everyone who has asked to be told. Thread-safe.
class Broadcast {
 public:
  // Ends when it is destroyed; the callback does not run any more once that has returned.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Broadcast* owner, int64_t id) : owner_(owner), id_(id) {}
    Subscription(Subscription&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (owner_ != nullptr) owner_->Unsubscribe(id_);
    }

   private:
    Broadcast* owner_ = nullptr;
    int64_t id_ = 0;
  };

  // `callback` runs on the thread that fires, must not block, and must not come back to this
  // object.
  [[nodiscard]] Subscription Subscribe(std::function<void()> callback) {
    const std::lock_guard<std::mutex> lock(mutex_);
    callbacks_.emplace(++last_id_, std::move(callback));
    return {this, last_id_};
  }

  void Fire() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [id, callback] : callbacks_) callback();
  }

 private:
  void Unsubscribe(int64_t id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    callbacks_.erase(id);
  }

  std::mutex mutex_;
  int64_t last_id_ = 0;
  std::map<int64_t, std::function<void()>> callbacks_;
};

// Tells streams that the server is going down. Subscribe first, then ask: then none is missed.
class DrainSignal {
 public:
  [[nodiscard]] Broadcast::Subscription Subscribe(std::function<void()> callback) {
    return broadcast_.Subscribe(std::move(callback));
  }
  bool draining() const { return draining_; }
  void Fire() {
    draining_ = true;
    broadcast_.Fire();
  }

 private:
  Broadcast broadcast_;
  std::atomic<bool> draining_{false};
};

}  // namespace clearway
