#pragma once

#include <memory>

#include "grpcpp/support/server_interceptor.h"

#include "service/server/grpc_metrics.h"
#include "service/server/in_flight.h"

namespace clearway {

// For grpc::ServerBuilder::experimental().SetInterceptorCreators. Around every call of the services
// that `metrics` knows: counts it while it is under way and when it has ended, and gives requests
// that gRPC cannot parse the status that they deserve. Both must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> CallInterceptors(
    const GrpcMetrics& metrics, InFlightCalls& in_flight);

}  // namespace clearway
