#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/classify/classifier.h"
#include "service/classify/swappable_classifier.h"
#include "service/server/model_metrics.h"

namespace clearway {

// What the model files hold.
struct LoadedModels {
  std::shared_ptr<const Classifier> live;
  // Null where no shadow is configured.
  std::shared_ptr<const Classifier> shadow;
};

// The model that judges and the one beside it, both exchanged at once when their files are read
// again. Thread-safe.
class Models {
 public:
  // Reads the files. Its errors name the file.
  using Load = std::function<absl::StatusOr<LoadedModels>()>;

  struct Info {
    std::string version;
    // Empty where there is none.
    std::string shadow_version;
    absl::Time load_time;
  };

  // `initial.live` must not be null. Clock, log and registry must outlive this.
  Models(LoadedModels initial, Load load, const Clock& clock, Logger& log,
         prometheus::Registry& registry);

  // What judges; valid as long as this, also while models are exchanged.
  const Classifier& live() const { return live_; }

  // Null where there is none.
  std::shared_ptr<const Classifier> shadow() const;

  Info info() const;

  // Reads the files again and, if all of them can be used, takes them in. FAILED_PRECONDITION
  // otherwise, and the models in use stay. Counted and logged either way. May take a while; calls
  // that come meanwhile wait for their turn, classifications do not.
  absl::Status Reload();

 private:
  void Use(LoadedModels models);

  const Load load_;
  const Clock& clock_;
  Logger& log_;
  ModelMetrics metrics_;
  SwappableClassifier live_;
  // One at a time reads files.
  std::mutex reloading_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Classifier> shadow_;
  Info info_;
};

}  // namespace clearway
