// A bare gRPC server in the same API style as clearwayd. Prints its port and serves until its input
// ends.
#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>

#include "clearway/bench/v1/echo.grpc.pb.h"

namespace {

using clearway::bench::v1::EchoRequest;
using clearway::bench::v1::EchoResponse;
using clearway::bench::v1::EchoService;

class EchoServer final : public EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    *response->mutable_ticket() = request->ticket();
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main() {
  EchoServer service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cout << port << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  server->Shutdown();
  return 0;
}
