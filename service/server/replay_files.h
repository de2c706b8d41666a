#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "service/classify/classifier.h"
#include "service/escalation/planner.h"

namespace clearway {

// The files that a replay may name: those of one folder, which whoever runs the server chooses and
// fills. A caller can neither reach another file nor bring one of its own. Thread-safe.
class ReplayFiles {
 public:
  using LoadModel =
      std::function<absl::StatusOr<std::shared_ptr<const Classifier>>(const std::string& file)>;
  using LoadPolicy =
      std::function<absl::StatusOr<std::shared_ptr<const Planner>>(const std::string& file)>;

  // An empty folder, or an empty function: nothing of the kind can be named.
  ReplayFiles(std::string folder, LoadModel load_model, LoadPolicy load_policy)
      : folder_(std::move(folder)),
        load_model_(std::move(load_model)),
        load_policy_(std::move(load_policy)) {}

  // INVALID_ARGUMENT unless `name` is that of a file right in the folder; FAILED_PRECONDITION,
  // saying why, when it cannot be used.
  absl::StatusOr<std::shared_ptr<const Classifier>> Model(const std::string& name) const;
  absl::StatusOr<std::shared_ptr<const Planner>> Policy(const std::string& name) const;

 private:
  absl::StatusOr<std::string> PathOf(const std::string& name, const std::string& field) const;

  const std::string folder_;
  const LoadModel load_model_;
  const LoadPolicy load_policy_;
};

}  // namespace clearway
