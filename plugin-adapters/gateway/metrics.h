#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace clearway {

// The gateway's metrics. Thread-safe once every source was added. The registry must outlive it.
class GatewayMetrics {
 public:
  explicit GatewayMetrics(prometheus::Registry& registry);

  // Shows the series of a kind of source from the start, at 0.
  void AddSource(absl::string_view source);

  void CountRequest(const std::string& source, int code);
  void ObserveDuration(const std::string& source, absl::Duration duration);
  // Values that were cut or left out to make an event fit.
  void CountCuts(const std::string& source, int cuts);

 private:
  struct Series {
    std::map<int, prometheus::Counter*> requests;
    prometheus::Histogram* duration;
    prometheus::Counter* cuts;
  };

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& cuts_;
  std::map<std::string, Series> series_;
};

// Everything in the registry, as Prometheus reads it.
std::string MetricsText(const prometheus::Registry& registry);

}  // namespace clearway
