#include "plugin-adapters/gateway/metrics.h"

#include "absl/strings/str_cat.h"
#include "prometheus/gauge.h"
#include "prometheus/text_serializer.h"

namespace clearway {
namespace {

constexpr int kCodes[] = {200, 400, 401, 413, 415, 422, 500, 503};

const prometheus::Histogram::BucketBoundaries kDurationBounds = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

}  // namespace

GatewayMetrics::GatewayMetrics(prometheus::Registry& registry)
    : requests_(prometheus::BuildCounter()
                    .Name("clearway_webhook_requests_total")
                    .Help("Webhook requests answered, by source and HTTP status code.")
                    .Register(registry)),
      durations_(prometheus::BuildHistogram()
                     .Name("clearway_webhook_duration_seconds")
                     .Help("Time from a webhook's body being read to its answer.")
                     .Register(registry)),
      cuts_(prometheus::BuildCounter()
                .Name("clearway_webhook_cut_values_total")
                .Help("Values of tickets cut or left out to fit the bounds of the API.")
                .Register(registry)) {
  prometheus::BuildGauge()
      .Name("clearway_build_info")
      .Help("Always 1; the labels say what runs.")
      .Register(registry)
      .Add({{"version", CLEARWAY_VERSION}, {"program", "clearway-gateway"}})
      .Set(1);
}

void GatewayMetrics::AddSource(absl::string_view source) {
  const std::string name(source);
  Series series;
  for (const int code : kCodes) {
    series.requests[code] = &requests_.Add({{"source", name}, {"code", absl::StrCat(code)}});
  }
  series.duration = &durations_.Add({{"source", name}}, kDurationBounds);
  series.cuts = &cuts_.Add({{"source", name}});
  series_.insert_or_assign(name, std::move(series));
}

void GatewayMetrics::CountRequest(const std::string& source, int code) {
  const std::map<int, prometheus::Counter*>& requests = series_.at(source).requests;
  const auto known = requests.find(code);
  if (known != requests.end()) return known->second->Increment();
  requests_.Add({{"source", source}, {"code", absl::StrCat(code)}}).Increment();
}

void GatewayMetrics::ObserveDuration(const std::string& source, absl::Duration duration) {
  series_.at(source).duration->Observe(absl::ToDoubleSeconds(duration));
}

void GatewayMetrics::CountCuts(const std::string& source, int cuts) {
  if (cuts > 0) series_.at(source).cuts->Increment(cuts);
}

std::string MetricsText(const prometheus::Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace clearway
