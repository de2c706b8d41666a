#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "prometheus/registry.h"

#include "plugin-adapters/gateway/clearwayd_client.h"
#include "plugin-adapters/gateway/metrics.h"
#include "plugin-adapters/gateway/options.h"
#include "plugin-adapters/gateway/webhook_handler.h"
#include "service/base/clock.h"
#include "service/base/http_server.h"
#include "service/base/log.h"

namespace clearway {

// The whole gateway, serving from Start to Stop: the webhooks, and /metrics, /healthz and /readyz.
class Gateway {
 public:
  // `logger` and `clock` must outlive the gateway. UNAVAILABLE when the address cannot be bound.
  // clearwayd need not be up: /readyz tells.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const GatewayOptions& options,
                                                        Logger& logger, const Clock& clock);
  // Stops.
  ~Gateway();

  // The port in use.
  int port() const { return server_->port(); }

  // Takes no new connection and answers what is under way. May be called twice.
  void Stop();

 private:
  Gateway(const GatewayOptions& options, Logger& logger, const Clock& clock);

  std::vector<HttpServer::Route> Routes();
  HttpResponse Ready();

  prometheus::Registry registry_;
  GatewayMetrics metrics_;
  ClearwaydClient clearwayd_;
  std::vector<std::unique_ptr<WebhookHandler>> handlers_;
  // Last, so that it goes first: the handlers use all of the above.
  std::unique_ptr<HttpServer> server_;
};

}  // namespace clearway
