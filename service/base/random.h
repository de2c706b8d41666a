#pragma once

#include <mutex>
#include <random>

namespace clearway {

// Where chance comes from; tests pass one that is none. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // In [0, 1).
  virtual double Uniform() = 0;
};

// Seeded by the system.
class SystemRandom final : public Random {
 public:
  double Uniform() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::uniform_real_distribution<double>()(engine_);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_{std::random_device()()};
};

}  // namespace clearway
