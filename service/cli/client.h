#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

namespace clearway {

struct ConnectionOptions {
  std::string address = "127.0.0.1:50051";
  std::string tenant = "default";
  absl::Duration timeout = absl::Seconds(30);

  // `tenants/{tenant}`.
  std::string parent() const { return "tenants/" + tenant; }
};

// --address, --tenant and --timeout; the first two also by CLEARWAY_ADDRESS and CLEARWAY_TENANT.
void AddConnectionOptions(CLI::App& command, ConnectionOptions* options);

// The blocker's full name, where `blocker` may be its number alone.
std::string FullBlockerName(const ConnectionOptions& options, const std::string& blocker);

// As one line: "NOT_FOUND: what the server says", every fault of a field behind it.
absl::Status ToStatus(const grpc::Status& status);

// Puts faults of fields ("event.ticket.key: is required") behind a message that does not name them
// yet.
void AppendFaults(const std::vector<std::string>& faults, std::string* message);

// A connection to clearwayd. It is made on the first call; a server that cannot be reached shows as
// UNAVAILABLE there.
class Client {
 public:
  explicit Client(const ConnectionOptions& options);

  // A stub of `Service`, say v1::BlockerService.
  template <typename Service>
  std::unique_ptr<typename Service::Stub> StubOf() const {
    return Service::NewStub(channel_);
  }

  // One unary call, within the timeout. Errors as ToStatus tells them.
  template <typename Service, typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout_));
    Response response;
    const grpc::Status status = (StubOf<Service>().get()->*method)(&context, request, &response);
    if (!status.ok()) return ToStatus(status);
    return response;
  }

  grpc::Channel& channel() const { return *channel_; }

 private:
  const absl::Duration timeout_;
  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace clearway
