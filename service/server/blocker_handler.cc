#include "service/server/blocker_handler.h"

#include <memory>
#include <optional>
#include <utility>

#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/server/page_token.h"
#include "service/server/validate.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

// Writes what a person did to a blocker. Without a change there is nothing to write.
absl::Status Put(const Transition& transition, Transaction& tx) {
  if (!transition.change.has_value()) return absl::OkStatus();
  const Blocker& blocker = transition.blocker;
  RETURN_IF_ERROR(tx.PutBlocker(blocker).status());
  return tx.AppendChange(blocker.ticket.tenant, blocker.id, *transition.change);
}

// Name, actor and note of AcknowledgeBlocker and ResolveBlocker.
template <typename Request>
absl::StatusOr<BlockerRef> CheckAct(const Request& request, const Tenants& tenants) {
  FieldViolations violations;
  ValidateActor(request.actor(), request.note(), &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return ParseBlockerName(request.name(), "name", tenants);
}

absl::StatusOr<Filter> CheckFilter(const std::string& text) {
  absl::StatusOr<Filter> filter = ParseFilter(text);
  if (filter.status().code() != absl::StatusCode::kInvalidArgument) return filter;
  return InvalidField("filter", std::string(filter.status().message()));
}

}  // namespace

grpc::ServerUnaryReactor* BlockerHandler::GetBlocker(grpc::CallbackServerContext* context,
                                                     const v1::GetBlockerRequest* request,
                                                     v1::GetBlockerResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const BlockerRef ref, ParseBlockerName(request->name(), "name", tenants_));
    ASSIGN_OR_RETURN(const Blocker blocker, store_.GetBlocker(ref.tenant, ref.id));
    ASSIGN_OR_RETURN(const std::vector<BlockerChange> history,
                     store_.ListChanges(ref.tenant, ref.id));
    ToProto(blocker, response->mutable_blocker());
    for (const BlockerChange& change : history) {
      ToProto(change, response->mutable_blocker()->add_history());
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* BlockerHandler::ListBlockers(grpc::CallbackServerContext* context,
                                                       const v1::ListBlockersRequest* request,
                                                       v1::ListBlockersResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string tenant, ParseParent(request->parent(), "parent", tenants_));
    ASSIGN_OR_RETURN(const Filter filter, CheckFilter(request->filter()));
    const Pager pager({"ListBlockers", tenant, request->filter()});
    ASSIGN_OR_RETURN(const Page page, pager.Parse(request->page_size(), request->page_token()));
    ASSIGN_OR_RETURN(std::vector<Blocker> rows, store_.ListBlockers(tenant, filter, page));
    response->set_next_page_token(CutPage(pager, page, &rows));
    for (const Blocker& row : rows) ToProto(row, response->add_blockers());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* BlockerHandler::AcknowledgeBlocker(
    grpc::CallbackServerContext* context, const v1::AcknowledgeBlockerRequest* request,
    v1::AcknowledgeBlockerResponse* response) {
  const absl::StatusOr<BlockerRef> ref = CheckAct(*request, tenants_);
  if (!ref.ok()) return calls_.Answer(context, ref.status());
  const auto done = std::make_shared<Transition>();
  return calls_.Write(
      context,
      [this, ref = *ref, request, done](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const Blocker blocker, tx.GetBlocker(ref.tenant, ref.id));
        ASSIGN_OR_RETURN(*done,
                         Acknowledge(blocker, request->actor(), request->note(), clock_.Now()));
        return Put(*done, tx);
      },
      [this, response, done] {
        after_commit_.Changed(done->change, std::nullopt);
        ToProto(done->blocker, response->mutable_blocker());
      });
}

grpc::ServerUnaryReactor* BlockerHandler::ResolveBlocker(grpc::CallbackServerContext* context,
                                                         const v1::ResolveBlockerRequest* request,
                                                         v1::ResolveBlockerResponse* response) {
  const absl::StatusOr<BlockerRef> ref = CheckAct(*request, tenants_);
  if (!ref.ok()) return calls_.Answer(context, ref.status());
  const auto done = std::make_shared<Transition>();
  return calls_.Write(
      context,
      [this, ref = *ref, request, done](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const Blocker blocker, tx.GetBlocker(ref.tenant, ref.id));
        ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
        const uint64_t text = TextFingerprint(ticket.has_value() ? ticket->state : TicketState());
        *done = ResolveByPerson(blocker, request->actor(), request->note(), text, clock_.Now());
        return Put(*done, tx);
      },
      [this, response, done] {
        const Blocker& blocker = done->blocker;
        after_commit_.Changed(done->change, *blocker.resolve_time - blocker.spell_time);
        ToProto(blocker, response->mutable_blocker());
      });
}

grpc::ServerUnaryReactor* BlockerHandler::SubmitFeedback(grpc::CallbackServerContext* context,
                                                         const v1::SubmitFeedbackRequest* request,
                                                         v1::SubmitFeedbackResponse* response) {
  if (absl::Status bad = ValidateFeedback(*request); !bad.ok()) return calls_.Answer(context, bad);
  const absl::StatusOr<BlockerRef> ref = ParseBlockerName(request->name(), "name", tenants_);
  if (!ref.ok()) return calls_.Answer(context, ref.status());
  const auto agrees = std::make_shared<bool>();
  return calls_.Write(
      context,
      [this, ref = *ref, request, agrees](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const Blocker blocker, tx.GetBlocker(ref.tenant, ref.id));
        const Feedback feedback{ref.tenant,
                                ref.id,
                                request->actor(),
                                clock_.Now(),
                                blocker.category,
                                blocker.reason,
                                FromProto(request->category()),
                                FromProto(request->reason()),
                                request->waiting_on(),
                                request->note()};
        *agrees = feedback.category == blocker.category &&
                  (feedback.reason == Reason::kUnspecified || feedback.reason == blocker.reason);
        return tx.InsertFeedback(feedback);
      },
      [this, response, agrees] {
        metrics_.FeedbackGiven(*agrees);
        response->set_agrees(*agrees);
      });
}

}  // namespace clearway
