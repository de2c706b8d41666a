#pragma once

#include <array>

#include "prometheus/counter.h"
#include "prometheus/registry.h"

#include "service/domain/taxonomy.h"

namespace clearway {

// How the shadow model's verdicts compare. Thread-safe.
class ShadowMetrics {
 public:
  // `registry` must outlive this.
  explicit ShadowMetrics(prometheus::Registry& registry);

  // One ticket judged by both. Anything but the five categories of a verdict is not counted.
  void Compared(Category live, Category shadow);

  // One ticket that the shadow had no time for.
  void Dropped() { dropped_.Increment(); }

 private:
  // By live, then by shadow category.
  std::array<std::array<prometheus::Counter*, kCategoryCount>, kCategoryCount> total_{};
  prometheus::Counter& dropped_;
};

}  // namespace clearway
