#include "service/server/models.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace clearway {

Models::Models(LoadedModels initial, Load load, const Clock& clock, Logger& log,
               prometheus::Registry& registry)
    : load_(std::move(load)), clock_(clock), log_(log), metrics_(registry), live_(initial.live) {
  Use(std::move(initial));
}

std::shared_ptr<const Classifier> Models::shadow() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return shadow_;
}

Models::Info Models::info() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return info_;
}

void Models::Use(LoadedModels models) {
  Info info{models.live->model_version(),
            models.shadow == nullptr ? "" : models.shadow->model_version(), clock_.Now()};
  metrics_.InUse(info.version, info.shadow_version);
  live_.Swap(std::move(models.live));
  // What goes is freed without the lock.
  const std::lock_guard<std::mutex> lock(mutex_);
  shadow_.swap(models.shadow);
  info_ = std::move(info);
}

absl::Status Models::Reload() {
  const std::lock_guard<std::mutex> one_at_a_time(reloading_);
  absl::StatusOr<LoadedModels> models = load_();
  metrics_.Reloaded(models.ok());
  if (!models.ok()) {
    log_.Warning("models were not reloaded; those in use stay",
                 {{"error", std::string(models.status().message())}});
    return absl::FailedPreconditionError(
        absl::StrCat(models.status().message(), "; the models in use stay"));
  }
  Use(*std::move(models));
  const Info now = info();
  log_.Info("models reloaded", {{"model", now.version}, {"shadow", now.shadow_version}});
  return absl::OkStatus();
}

}  // namespace clearway
