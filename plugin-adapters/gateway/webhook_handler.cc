#include "plugin-adapters/gateway/webhook_handler.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

#include "plugin-adapters/gateway/answer.h"
#include "plugin-adapters/gateway/limits.h"

namespace clearway {

WebhookHandler::WebhookHandler(WebhookEndpoint endpoint, absl::Duration retry_after,
                               ClearwaydClient& clearwayd, GatewayMetrics& metrics, Logger& logger,
                               const Clock& clock)
    : endpoint_(std::move(endpoint)),
      source_(endpoint_.adapter->kind()),
      retry_after_(retry_after),
      clearwayd_(clearwayd),
      metrics_(metrics),
      logger_(logger),
      clock_(clock) {}

HttpResponse WebhookHandler::Handle(const HttpRequest& request) const {
  const auto start = std::chrono::steady_clock::now();
  HttpResponse response = Answer(request);
  metrics_.ObserveDuration(source_, absl::FromChrono(std::chrono::steady_clock::now() - start));
  return response;
}

HttpResponse WebhookHandler::Answer(const HttpRequest& request) const {
  const Webhook webhook{request.headers, request.body, endpoint_.tenant, clock_.Now()};
  const WebhookAdapter& adapter = *endpoint_.adapter;
  if (!endpoint_.secrets.empty()) {
    const absl::Status signature = adapter.VerifySignature(webhook, endpoint_.secrets);
    if (!signature.ok()) return Refuse(signature);
  }
  absl::StatusOr<WebhookEvents> read = adapter.Parse(webhook);
  if (!read.ok()) return Refuse(read.status());
  if (read->events.empty()) return IgnoredAnswer(read->ignored);
  for (v1::TicketEvent& event : read->events) {
    const absl::StatusOr<int> cuts = FitToLimits(&event);
    if (!cuts.ok()) return Refuse(cuts.status());
    metrics_.CountCuts(source_, *cuts);
  }
  const std::string event_id = read->events.front().event_id();
  const ClearwaydClient::Ingested ingested = clearwayd_.Ingest(std::move(read->events));
  if (ingested.status.ok()) return IngestedAnswer(ingested.answers);
  logger_.Warning("event not taken in", {{"source", source_},
                                         {"event_id", event_id},
                                         {"code", absl::StatusCodeToString(ingested.status.code())},
                                         {"error", std::string(ingested.status.message())}});
  return FailedAnswer(ingested.status, retry_after_);
}

HttpResponse WebhookHandler::Refuse(const absl::Status& status) const {
  logger_.Warning(
      "webhook refused",
      {{"source", source_}, {"path", path()}, {"error", std::string(status.message())}});
  return RefusedAnswer(status);
}

}  // namespace clearway
