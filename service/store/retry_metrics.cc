#include "service/store/retry_metrics.h"

namespace clearway {

RetryMetrics::RetryMetrics(const std::string& backend, prometheus::Registry& registry) {
  auto& family = prometheus::BuildCounter()
                     .Name("clearway_store_retries_total")
                     .Help("Attempts that the store repeated by itself, by cause.")
                     .Register(registry);
  const std::array<const char*, kStoreRetryCount> causes = {"lost_race", "connection",
                                                            "fault_search"};
  for (size_t i = 0; i < causes.size(); ++i) {
    counters_[i] = &family.Add({{"backend", backend}, {"cause", causes[i]}});
  }
}

}  // namespace clearway
