#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/classify/classifier.h"
#include "service/domain/policy.h"
#include "service/domain/review.h"
#include "service/escalation/planner.h"
#include "service/server/models.h"
#include "service/server/policies.h"
#include "service/server/purger.h"
#include "service/store/store.h"

namespace prometheus {
class Registry;
}

namespace clearway {

struct ServerOptions {
  // host:port; port 0 takes a free one.
  std::string grpc_address = "127.0.0.1:50051";
  absl::flat_hash_set<std::string> tenants = {"default"};
  int max_message_bytes = 4 << 20;
  size_t max_pending_events = 4096;
  absl::Duration max_deadline = absl::Seconds(30);
  size_t max_metric_projects = 50;
  absl::Duration reopen_window = absl::Hours(7 * 24);
  absl::Duration sweep_interval = absl::Seconds(10);
  // What keeps people from being told too much at once.
  Pacing pacing = {.per_minute = 60, .gather = absl::Minutes(5)};
  // When verdicts are left to people.
  ReviewPolicy review = {};
  // Threads for reads of the store and large classifications.
  size_t read_threads = 4;
  Retention retention = {};
  // Where a replay's model and policy files lie; empty: none can be named.
  std::string replay_folder = {};
  // Read such a file; empty: none can be named.
  std::function<absl::StatusOr<std::shared_ptr<const Classifier>>(const std::string& file)>
      load_model = {};
  std::function<absl::StatusOr<std::shared_ptr<const Planner>>(const std::string& file)>
      load_policy = {};
};

// The gRPC service with all that runs behind it: group commit, sweeper, metrics. Thread-safe.
class Server {
 public:
  // All must outlive the server. Its metrics are registered once: one registry for one server.
  struct Dependencies {
    Store& store;
    Models& models;
    Policies& policies;
    const Clock& clock;
    Logger& log;
    prometheus::Registry& registry;
  };
  // Serves when it returns. UNAVAILABLE when the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const Dependencies& dependencies);
  // Drains without patience.
  ~Server();

  // The port in use.
  int grpc_port() const;

  // OK while calls are taken and the store can be read and written; UNAVAILABLE once draining has
  // begun, and while the store hangs. Does not wait for it for longer than a second.
  absl::Status CheckReady() const;

  // One round of the sweeper now, beside its own ones.
  absl::Status Sweep();

  // One round of the purge now, beside its own ones.
  absl::Status Purge();

  // Turns health to NOT_SERVING, ends streams, gives calls under way `patience` to end and cancels
  // the rest; everything acknowledged is on disk when it returns. May be called twice.
  void Drain(absl::Duration patience);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace clearway
