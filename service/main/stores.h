#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "clearway/config/v1/server.pb.h"
#include "service/base/random.h"
#include "service/store/store.h"

namespace prometheus {
class Registry;
}

namespace clearway {

// Opens the back end that the configuration names, metered. INVALID_ARGUMENT for an unknown name;
// else the back end's own errors. `random` and `metrics` must outlive the store.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config,
                                                 Random& random, prometheus::Registry& metrics);

}  // namespace clearway
