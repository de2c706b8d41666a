#include "plugin-adapters/gateway/gateway.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

absl::Duration FromProtoDuration(const google::protobuf::Duration& proto) {
  return absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

HttpResponse TextResponse(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

ClearwaydClient::Options ClientOptions(const config::v1::GatewayConfig& config) {
  return {config.clearwayd_address(), FromProtoDuration(config.ingest_timeout()),
          std::max(1, config.threads() / 2)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const GatewayOptions& options,
                                                        Logger& logger, const Clock& clock) {
  std::unique_ptr<Gateway> gateway(new Gateway(options, logger, clock));
  HttpServer::Options http;
  http.address = options.config.http_address();
  http.max_body_bytes = static_cast<size_t>(options.config.max_body_bytes());
  http.threads = options.config.threads();
  // Counted here rather than in the handlers, which never see a body that is too long.
  http.observer = [&handlers = gateway->handlers_, &metrics = gateway->metrics_](
                      const std::string& path, int status) {
    for (const std::unique_ptr<WebhookHandler>& handler : handlers) {
      if (handler->path() == path) metrics.CountRequest(handler->source(), status);
    }
  };
  ASSIGN_OR_RETURN(gateway->server_, HttpServer::Start(http, gateway->Routes()));
  return gateway;
}

Gateway::Gateway(const GatewayOptions& options, Logger& logger, const Clock& clock)
    : metrics_(registry_), clearwayd_(ClientOptions(options.config)) {
  for (const WebhookEndpoint& endpoint : options.endpoints) {
    metrics_.AddSource(endpoint.adapter->kind());
    if (endpoint.secrets.empty()) {
      logger.Warning("unsigned webhooks are taken: whoever reaches this path can forge tickets",
                     {{"path", endpoint.path}});
    }
    handlers_.push_back(
        std::make_unique<WebhookHandler>(endpoint, FromProtoDuration(options.config.retry_after()),
                                         clearwayd_, metrics_, logger, clock));
  }
}

Gateway::~Gateway() { Stop(); }

void Gateway::Stop() {
  if (server_ != nullptr) server_->Stop();
}

std::vector<HttpServer::Route> Gateway::Routes() {
  std::vector<HttpServer::Route> routes = {
      {"GET", "/healthz", [](const HttpRequest&) { return TextResponse(200, "ok\n"); }},
      {"GET", "/readyz", [this](const HttpRequest&) { return Ready(); }},
      {"GET", "/metrics",
       [this](const HttpRequest&) {
         HttpResponse response = TextResponse(200, MetricsText(registry_));
         response.content_type = "text/plain; version=0.0.4; charset=utf-8";
         return response;
       }},
  };
  for (const std::unique_ptr<WebhookHandler>& handler : handlers_) {
    routes.push_back(
        {"POST", handler->path(), [handler = handler.get()](const HttpRequest& request) {
           return handler->Handle(request);
         }});
  }
  return routes;
}

HttpResponse Gateway::Ready() {
  const absl::Status status = clearwayd_.CheckServing();
  if (status.ok()) return TextResponse(200, "ready\n");
  return TextResponse(503, absl::StrCat(status.message(), "\n"));
}

}  // namespace clearway
