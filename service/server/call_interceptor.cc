#include "service/server/call_interceptor.h"

#include <chrono>

namespace clearway {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;
using grpc::experimental::ServerInterceptorFactoryInterface;
using grpc::experimental::ServerRpcInfo;

// Lives as long as its call, from its arrival on.
class CallInterceptor final : public Interceptor {
 public:
  CallInterceptor(const GrpcMetrics::Method& method, InFlightCalls& in_flight)
      : method_(method), in_flight_(in_flight), started_(std::chrono::steady_clock::now()) {
    in_flight_.Begin();
  }
  ~CallInterceptor() override { in_flight_.End(); }

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      Count(MendedStatus(methods));
    }
    methods->Proceed();
  }

 private:
  // Every method is implemented: this is what gRPC makes of a request that it cannot parse.
  static grpc::StatusCode MendedStatus(InterceptorBatchMethods* methods) {
    const grpc::StatusCode code = methods->GetSendStatus().error_code();
    if (code != grpc::StatusCode::UNIMPLEMENTED) return code;
    methods->ModifySendStatus({grpc::StatusCode::INVALID_ARGUMENT,
                               "the request cannot be read: it is no valid message, or one of its "
                               "strings is not UTF-8"});
    return grpc::StatusCode::INVALID_ARGUMENT;
  }

  void Count(grpc::StatusCode code) {
    const auto index = static_cast<size_t>(code);
    if (index < method_.handled.size()) method_.handled[index]->Increment();
    if (method_.seconds == nullptr) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
    method_.seconds->Observe(took.count());
  }

  const GrpcMetrics::Method& method_;
  InFlightCalls& in_flight_;
  const std::chrono::steady_clock::time_point started_;
};

class Factory final : public ServerInterceptorFactoryInterface {
 public:
  Factory(const GrpcMetrics& metrics, InFlightCalls& in_flight)
      : metrics_(metrics), in_flight_(in_flight) {}

  Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    const GrpcMetrics::Method* const method = metrics_.Find(info->method());
    return method == nullptr ? nullptr : new CallInterceptor(*method, in_flight_);
  }

 private:
  const GrpcMetrics& metrics_;
  InFlightCalls& in_flight_;
};

}  // namespace

std::unique_ptr<ServerInterceptorFactoryInterface> CallInterceptors(const GrpcMetrics& metrics,
                                                                    InFlightCalls& in_flight) {
  return std::make_unique<Factory>(metrics, in_flight);
}

}  // namespace clearway
