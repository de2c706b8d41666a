#include "plugin-adapters/gateway/answer.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"

#include "plugin-adapters/gateway/clearwayd_client.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

HttpResponse JsonResponse(int status, const Json& body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

HttpResponse ErrorResponse(int status, absl::string_view message) {
  return JsonResponse(status, {{"error", std::string(message)}});
}

// "CROSS_TEAM" of CATEGORY_CROSS_TEAM; empty for what is unspecified.
std::string BareName(const std::string& name, absl::string_view prefix) {
  const absl::string_view bare = absl::StripPrefix(name, prefix);
  return bare == "UNSPECIFIED" ? "" : std::string(bare);
}

Json ToJson(const v1::IngestTicketEventResponse& answer) {
  Json json;
  json["result"] = BareName(v1::IngestResult_Name(answer.result()), "INGEST_RESULT_");
  json["verdict"] = nullptr;
  if (answer.has_classification()) {
    const v1::Classification& verdict = answer.classification();
    json["verdict"] = {
        {"category", BareName(v1::Category_Name(verdict.category()), "CATEGORY_")},
        {"reason", BareName(v1::Reason_Name(verdict.reason()), "REASON_")},
        {"confidence", verdict.confidence()},
        {"waiting_on", verdict.waiting_on()},
    };
  }
  json["blocker"] = nullptr;
  if (answer.has_blocker()) json["blocker"] = answer.blocker().name();
  return json;
}

}  // namespace

HttpResponse IngestedAnswer(const std::vector<v1::IngestTicketEventResponse>& answers) {
  if (answers.size() == 1) return JsonResponse(200, ToJson(answers[0]));
  Json list = Json::array();
  for (const v1::IngestTicketEventResponse& answer : answers) list.push_back(ToJson(answer));
  return JsonResponse(200, list);
}

HttpResponse IgnoredAnswer(absl::string_view reason) {
  return JsonResponse(200, {{"result", "IGNORED"}, {"reason", std::string(reason)}});
}

HttpResponse RefusedAnswer(const absl::Status& status) {
  if (absl::IsUnauthenticated(status)) return ErrorResponse(401, status.message());
  return ErrorResponse(absl::IsUnimplemented(status) ? 415 : 400, status.message());
}

HttpResponse FailedAnswer(const absl::Status& status, absl::Duration retry_after) {
  if (IsPermanent(status)) return ErrorResponse(422, status.message());
  // gRPC's own words name addresses that are no business of the sender's.
  HttpResponse response =
      ErrorResponse(503, "the event could not be taken in for now; send it again later");
  const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(retry_after, absl::Seconds(1)));
  response.headers["Retry-After"] = absl::StrCat(std::max<int64_t>(1, seconds));
  return response;
}

}  // namespace clearway
