#include "service/server/classification_handler.h"

#include "service/base/status_macros.h"
#include "service/server/validate.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

// Larger tickets would hold one of gRPC's threads for longer than handing them over costs.
constexpr size_t kMaxInlineBytes = 64 << 10;

}  // namespace

grpc::ServerUnaryReactor* ClassificationHandler::ClassifyTicket(
    grpc::CallbackServerContext* context, const v1::ClassifyTicketRequest* request,
    v1::ClassifyTicketResponse* response) {
  const auto classify = [this, request, response]() -> absl::Status {
    RETURN_IF_ERROR(ValidateRequest(*request));
    ToProto(classifier_.Classify(FromProto(request->ticket())), response->mutable_classification());
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
      RETURN_IF_ERROR(wanted());
      ToProto(classifier_.Classify(FromProto(one.ticket())), response->add_classifications());
    }
    return absl::OkStatus();
  });
}

}  // namespace clearway
