#pragma once

#include <string>

#include "absl/time/time.h"

#include "plugin-adapters/gateway/clearwayd_client.h"
#include "plugin-adapters/gateway/metrics.h"
#include "plugin-adapters/gateway/options.h"
#include "service/base/clock.h"
#include "service/base/http_server.h"
#include "service/base/log.h"

namespace clearway {

// Takes in one webhook: is it signed, what does it say, does it fit, hand it to clearwayd, answer.
// The answer is 200 only once clearwayd has it all on disk. Thread-safe; all it is given outlives
// it.
class WebhookHandler {
 public:
  WebhookHandler(WebhookEndpoint endpoint, absl::Duration retry_after, ClearwaydClient& clearwayd,
                 GatewayMetrics& metrics, Logger& logger, const Clock& clock);

  const std::string& path() const { return endpoint_.path; }
  const std::string& source() const { return source_; }

  HttpResponse Handle(const HttpRequest& request) const;

 private:
  HttpResponse Answer(const HttpRequest& request) const;
  HttpResponse Refuse(const absl::Status& status) const;

  const WebhookEndpoint endpoint_;
  const std::string source_;
  const absl::Duration retry_after_;
  ClearwaydClient& clearwayd_;
  GatewayMetrics& metrics_;
  Logger& logger_;
  const Clock& clock_;
};

}  // namespace clearway
