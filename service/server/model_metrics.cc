#include "service/server/model_metrics.h"

namespace clearway {

ModelMetrics::ModelMetrics(prometheus::Registry& registry)
    : reloads_(prometheus::BuildCounter()
                   .Name("clearway_model_reloads_total")
                   .Help("Times the model files were read again, by outcome.")
                   .Register(registry)),
      ok_(reloads_.Add({{"outcome", "ok"}})),
      failed_(reloads_.Add({{"outcome", "failed"}})),
      info_(prometheus::BuildGauge()
                .Name("clearway_model_info")
                .Help("Always 1; the labels say which models are in use.")
                .Register(registry)) {}

void ModelMetrics::InUse(const std::string& live, const std::string& shadow) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Show("live", live, &live_);
  Show("shadow", shadow, &shadow_);
}

void ModelMetrics::Show(const char* role, const std::string& version, Series* series) {
  if (series->version == version) return;
  if (series->gauge != nullptr) info_.Remove(series->gauge);
  *series = {version, nullptr};
  if (version.empty()) return;
  series->gauge = &info_.Add({{"role", role}, {"version", version}});
  series->gauge->Set(1);
}

}  // namespace clearway
