#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "clearway/config/v1/server.pb.h"
#include "service/base/log.h"
#include "service/base/random.h"
#include "service/store/store.h"

namespace prometheus {
class Registry;
}

namespace clearway {

// Opens the back end that the configuration names, metered. INVALID_ARGUMENT for an unknown name;
// else the back end's own errors. `random` and `metrics` must outlive the store; `log` is told what
// to mend about a store that works.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config,
                                                 Random& random, prometheus::Registry& metrics,
                                                 Logger& log);

}  // namespace clearway
