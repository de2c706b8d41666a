#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace clearway {

// grpc_server_handled_total and grpc_server_handling_seconds of the services named; all series
// exist from the start. Moved by CallInterceptors. Thread-safe.
class GrpcMetrics {
 public:
  // Full names of services that are linked in ("clearway.v1.BlockerService"). The registry must
  // outlive this, and this the server.
  GrpcMetrics(prometheus::Registry& registry, const std::vector<std::string>& services);

  struct Method {
    // By grpc::StatusCode, OK to UNAUTHENTICATED.
    std::array<prometheus::Counter*, 17> handled{};
    // Of unary calls alone: a stream lasts as long as its client likes.
    prometheus::Histogram* seconds = nullptr;
  };
  // nullptr for a method of another service. `path`: "/clearway.v1.BlockerService/GetBlocker".
  const Method* Find(absl::string_view path) const;

 private:
  absl::flat_hash_map<std::string, Method> methods_;
};

}  // namespace clearway
