#include "service/server/erasure_handler.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/server/page_token.h"
#include "service/server/validate.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

void ToProto(const Erasure& erasure, v1::Erasure* proto) {
  proto->set_name(absl::StrCat("tenants/", erasure.tenant, "/erasures/", erasure.id));
  proto->set_kind(static_cast<v1::ErasureKind>(erasure.kind));
  proto->set_subject(erasure.subject);
  *proto->mutable_create_time() = clearway::ToProto(erasure.time);
  proto->set_actor(erasure.actor);
  proto->set_reason(erasure.reason);
  proto->set_row_count(erasure.rows);
  proto->set_done(erasure.done);
}

template <typename Request>
absl::StatusOr<Erasure> Wanted(const Request& request, ErasureKind kind, const Tenants& tenants) {
  RETURN_IF_ERROR(ValidateRequest(request));
  Erasure wanted;
  ASSIGN_OR_RETURN(wanted.tenant, ParseParent(request.parent(), "parent", tenants));
  wanted.kind = kind;
  wanted.actor = request.actor();
  wanted.reason = request.reason();
  return wanted;
}

}  // namespace

grpc::ServerUnaryReactor* ErasureHandler::EraseTicketTexts(
    grpc::CallbackServerContext* context, const v1::EraseTicketTextsRequest* request,
    v1::EraseTicketTextsResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(Erasure wanted, Wanted(*request, ErasureKind::kTicket, tenants_));
    wanted.subject = TicketSubject({wanted.tenant, request->source(), request->ticket()});
    ASSIGN_OR_RETURN(const Erasure erasure, erasing_.Erase(std::move(wanted)));
    ToProto(erasure, response->mutable_erasure());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ErasureHandler::EraseAuthorTexts(
    grpc::CallbackServerContext* context, const v1::EraseAuthorTextsRequest* request,
    v1::EraseAuthorTextsResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(Erasure wanted, Wanted(*request, ErasureKind::kAuthor, tenants_));
    wanted.subject = AuthorSubject(wanted.tenant, request->author());
    ASSIGN_OR_RETURN(const Erasure erasure, erasing_.Erase(std::move(wanted)));
    ToProto(erasure, response->mutable_erasure());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ErasureHandler::ListErasures(grpc::CallbackServerContext* context,
                                                       const v1::ListErasuresRequest* request,
                                                       v1::ListErasuresResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string tenant, ParseParent(request->parent(), "parent", tenants_));
    const Pager pager({"ListErasures", tenant});
    ASSIGN_OR_RETURN(const Page page, pager.Parse(request->page_size(), request->page_token()));
    ASSIGN_OR_RETURN(std::vector<Erasure> rows, store_.ListErasures(tenant, page));
    response->set_next_page_token(CutPage(pager, page, &rows));
    for (const Erasure& row : rows) ToProto(row, response->add_erasures());
    return absl::OkStatus();
  });
}

}  // namespace clearway
