#include "service/main/status_pages.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "prometheus/text_serializer.h"

namespace clearway {
namespace {

HttpResponse PlainText(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

std::vector<HttpServer::Route> StatusPages(const Server& server,
                                           std::shared_ptr<prometheus::Registry> metrics) {
  const auto show_metrics = [metrics = std::move(metrics)](const HttpRequest&) {
    HttpResponse response =
        PlainText(200, prometheus::TextSerializer().Serialize(metrics->Collect()));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  };
  const auto healthy = [](const HttpRequest&) { return PlainText(200, "ok\n"); };
  const auto ready = [&server](const HttpRequest&) {
    const absl::Status status = server.CheckReady();
    if (status.ok()) return PlainText(200, "ok\n");
    return PlainText(503, absl::StrCat(status.message(), "\n"));
  };
  return {
      {"GET", "/metrics", show_metrics}, {"GET", "/healthz", healthy}, {"GET", "/readyz", ready}};
}

}  // namespace clearway
