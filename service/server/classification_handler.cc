#include "service/server/classification_handler.h"

#include "service/base/status_macros.h"
#include "service/server/validate.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

// Larger tickets would hold one of gRPC's threads for longer than handing them over costs.
constexpr size_t kMaxInlineBytes = 64 << 10;

// The tenant may be left out.
absl::Status CheckTenant(const v1::ClassifyTicketRequest& request, const Tenants& tenants) {
  return request.tenant().empty() ? absl::OkStatus() : tenants.Check(request.tenant());
}

}  // namespace

Classification ClassificationHandler::Classify(const v1::ClassifyTicketRequest& request) const {
  return Reviewed(classifier_.Classify(FromProto(request.ticket())),
                  request.tenant().empty() ? ReviewThresholds() : review_.For(request.tenant()));
}

grpc::ServerUnaryReactor* ClassificationHandler::ClassifyTicket(
    grpc::CallbackServerContext* context, const v1::ClassifyTicketRequest* request,
    v1::ClassifyTicketResponse* response) {
  const auto classify = [this, request, response]() -> absl::Status {
    RETURN_IF_ERROR(ValidateRequest(*request));
    RETURN_IF_ERROR(CheckTenant(*request, tenants_));
    ToProto(Classify(*request), response->mutable_classification());
    return absl::OkStatus();
  };
  if (request->ByteSizeLong() > kMaxInlineBytes) return calls_.Read(context, classify);
  return calls_.Answer(context, classify());
}

grpc::ServerUnaryReactor* ClassificationHandler::BatchClassifyTickets(
    grpc::CallbackServerContext* context, const v1::BatchClassifyTicketsRequest* request,
    v1::BatchClassifyTicketsResponse* response) {
  const auto wanted = calls_.StillWanted(context);
  return calls_.Read(context, [this, wanted, request, response]() -> absl::Status {
    RETURN_IF_ERROR(ValidateRequest(*request));
    for (const v1::ClassifyTicketRequest& one : request->requests()) {
      RETURN_IF_ERROR(CheckTenant(one, tenants_));
    }
    for (const v1::ClassifyTicketRequest& one : request->requests()) {
      RETURN_IF_ERROR(wanted());
      ToProto(Classify(one), response->add_classifications());
    }
    return absl::OkStatus();
  });
}

}  // namespace clearway
