#pragma once

#include <array>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "grpcpp/support/server_interceptor.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

#include "service/server/in_flight.h"

namespace clearway {

// grpc_server_handled_total and grpc_server_handling_seconds, moved by an interceptor around every
// call of the services named; all series exist from the start. Thread-safe.
class GrpcMetrics {
 public:
  // Full names of services that are linked in ("clearway.v1.BlockerService"). The registry must
  // outlive this, and this the server.
  GrpcMetrics(prometheus::Registry& registry, const std::vector<std::string>& services);

  // For grpc::ServerBuilder::experimental().SetInterceptorCreators. Counts the calls into
  // `in_flight`, which must outlive the server.
  std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> InterceptorFactory(
      InFlightCalls& in_flight);

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
