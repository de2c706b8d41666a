#include "service/server/grpc_metrics.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace clearway {
namespace {

constexpr std::array<const char*, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

}  // namespace

GrpcMetrics::GrpcMetrics(prometheus::Registry& registry, const std::vector<std::string>& services) {
  auto& handled = prometheus::BuildCounter()
                      .Name("grpc_server_handled_total")
                      .Help("RPCs completed on the server, by method and status code.")
                      .Register(registry);
  auto& seconds = prometheus::BuildHistogram()
                      .Name("grpc_server_handling_seconds")
                      .Help("Time from a unary RPC's arrival to its answer.")
                      .Register(registry);
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& name : services) {
    const google::protobuf::ServiceDescriptor* const service = pool.FindServiceByName(name);
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& descriptor = *service->method(i);
      Method method;
      const prometheus::Labels labels = {{"grpc_service", name},
                                         {"grpc_method", descriptor.name()}};
      for (size_t code = 0; code < kCodeNames.size(); ++code) {
        prometheus::Labels with_code = labels;
        with_code["grpc_code"] = kCodeNames[code];
        method.handled[code] = &handled.Add(with_code);
      }
      if (!descriptor.client_streaming() && !descriptor.server_streaming()) {
        method.seconds = &seconds.Add(labels, prometheus::Histogram::BucketBoundaries{
                                                  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30});
      }
      methods_.emplace(absl::StrCat("/", name, "/", descriptor.name()), method);
    }
  }
}

const GrpcMetrics::Method* GrpcMetrics::Find(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

}  // namespace clearway
