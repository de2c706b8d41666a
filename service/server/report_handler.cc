#include "service/server/report_handler.h"

#include <optional>

#include "service/base/status_macros.h"
#include "service/report/report.h"
#include "service/report/wire/report_convert.h"
#include "service/server/validate.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

std::optional<absl::Time> OptionalTime(bool present, const google::protobuf::Timestamp& time) {
  if (!present) return std::nullopt;
  return FromProto(time);
}

absl::StatusOr<ReportQuery> CheckQuery(const v1::GetBlockerReportRequest& request,
                                       const std::string& tenant, absl::Time now) {
  RETURN_IF_ERROR(ValidateReportRequest(request));
  absl::StatusOr<ReportQuery> query = MakeReportQuery(
      tenant, request.project(), OptionalTime(request.has_start_time(), request.start_time()),
      OptionalTime(request.has_end_time(), request.end_time()), now);
  if (query.status().code() != absl::StatusCode::kInvalidArgument) return query;
  return InvalidField("start_time", std::string(query.status().message()));
}

}  // namespace

grpc::ServerUnaryReactor* ReportHandler::GetBlockerReport(
    grpc::CallbackServerContext* context, const v1::GetBlockerReportRequest* request,
    v1::GetBlockerReportResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string tenant, ParseParent(request->parent(), "parent", tenants_));
    ASSIGN_OR_RETURN(const ReportQuery query, CheckQuery(*request, tenant, clock_.Now()));
    ASSIGN_OR_RETURN(const BlockerReport report, BuildReport(store_, query));
    ToProto(report, response->mutable_report());
    return absl::OkStatus();
  });
}

}  // namespace clearway
