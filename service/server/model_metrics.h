#pragma once

#include <mutex>
#include <string>

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace clearway {

// Which models are in use, and how taking new ones in went. Thread-safe.
class ModelMetrics {
 public:
  // `registry` must outlive this.
  explicit ModelMetrics(prometheus::Registry& registry);

  // Empty `shadow`: there is none.
  void InUse(const std::string& live, const std::string& shadow);

  void Reloaded(bool ok) { (ok ? ok_ : failed_).Increment(); }

 private:
  struct Series {
    std::string version;
    prometheus::Gauge* gauge = nullptr;
  };
  void Show(const char* role, const std::string& version, Series* series);

  prometheus::Family<prometheus::Counter>& reloads_;
  prometheus::Counter& ok_;
  prometheus::Counter& failed_;
  prometheus::Family<prometheus::Gauge>& info_;
  std::mutex mutex_;
  Series live_;
  Series shadow_;
};

}  // namespace clearway
