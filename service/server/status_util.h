#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

#include "service/base/log.h"

namespace clearway {

// The only bridge from our statuses to gRPC's. Messages are cut at 1,024 bytes; payloads travel as
// google.rpc.Status details. What INTERNAL, DATA_LOSS and UNKNOWN say is for the log, not for the
// client, who gets a neutral sentence.
grpc::Status ToGrpcStatus(const absl::Status& status, Logger& log);

}  // namespace clearway
