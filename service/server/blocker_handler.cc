#include "service/server/blocker_handler.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/server/feedback_convert.h"
#include "service/server/page_token.h"
#include "service/server/validate.h"
#include "service/wire/convert.h"
#include "service/wire/time.h"

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

constexpr absl::Duration kMaxSnooze = absl::Hours(24 * 90);

absl::StatusOr<absl::Time> CheckSnoozeEnd(const v1::SnoozeBlockerRequest& request, absl::Time now) {
  if (!request.has_snooze_end_time()) {
    return InvalidField("snooze_end_time", "is required: when the ladder goes on");
  }
  const absl::Time end = FromProto(request.snooze_end_time());
  if (end > now && end <= now + kMaxSnooze) return end;
  return InvalidField("snooze_end_time", "must be in the future, at most 90 days ahead");
}

absl::StatusOr<Filter> CheckFilter(const std::string& text) {
  absl::StatusOr<Filter> filter = ParseFilter(text);
  if (filter.status().code() != absl::StatusCode::kInvalidArgument) return filter;
  return InvalidField("filter", std::string(filter.status().message()));
}

// A page of feedback, in rows and in bytes: each row may hold a whole ticket, and clients take 4
// MiB unless told otherwise.
constexpr int kMaxFeedbackPage = 100;
constexpr size_t kMaxFeedbackBytes = 1 << 20;

absl::StatusOr<JudgementRequest> CheckFeedback(const v1::SubmitFeedbackRequest& request,
                                               const Tenants& tenants) {
  RETURN_IF_ERROR(ValidateFeedback(request));
  JudgementRequest judgement;
  judgement.judgement = JudgementOf(request);
  judgement.note = request.note();
  if (!request.name().empty()) {
    ASSIGN_OR_RETURN(const BlockerRef ref, ParseBlockerName(request.name(), "name", tenants));
    judgement.tenant = ref.tenant;
    judgement.blocker_id = ref.id;
    return judgement;
  }
  ASSIGN_OR_RETURN(judgement.tenant, ParseParent(request.parent(), "parent", tenants));
  judgement.ticket = {judgement.tenant, request.source(), request.ticket()};
  return judgement;
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
    ASSIGN_OR_RETURN(Part<Blocker> part, store_.ListBlockers(tenant, filter, page));
    response->set_next_page_token(CutPage(pager, page, &part));
    for (const Blocker& row : part.rows) ToProto(row, response->add_blockers());
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

grpc::ServerUnaryReactor* BlockerHandler::SnoozeBlocker(grpc::CallbackServerContext* context,
                                                        const v1::SnoozeBlockerRequest* request,
                                                        v1::SnoozeBlockerResponse* response) {
  const absl::StatusOr<BlockerRef> ref = CheckAct(*request, tenants_);
  if (!ref.ok()) return calls_.Answer(context, ref.status());
  const absl::StatusOr<absl::Time> end = CheckSnoozeEnd(*request, clock_.Now());
  if (!end.ok()) return calls_.Answer(context, end.status());
  const auto done = std::make_shared<Transition>();
  return calls_.Write(
      context,
      [this, ref = *ref, end = *end, request, done](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(*done, intake_.SnoozeBlocker(ref.tenant, ref.id, request->actor(),
                                                      request->note(), end, tx));
        return absl::OkStatus();
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
  const auto done = std::make_shared<Resolution>();
  return calls_.Write(
      context,
      [this, ref = *ref, request, done](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(*done, intake_.ResolveBlocker(ref.tenant, ref.id, request->actor(),
                                                       request->note(), tx));
        return absl::OkStatus();
      },
      [this, response, done] {
        const Blocker& blocker = done->transition.blocker;
        after_commit_.Settled(done->settled);
        after_commit_.Changed(done->transition.change, *blocker.resolve_time - blocker.spell_time);
        if (done->links_changed) after_commit_.LinksChanged();
        ToProto(blocker, response->mutable_blocker());
      });
}

grpc::ServerUnaryReactor* BlockerHandler::SubmitFeedback(grpc::CallbackServerContext* context,
                                                         const v1::SubmitFeedbackRequest* request,
                                                         v1::SubmitFeedbackResponse* response) {
  const absl::StatusOr<JudgementRequest> judgement = CheckFeedback(*request, tenants_);
  if (!judgement.ok()) return calls_.Answer(context, judgement.status());
  const auto outcome = std::make_shared<JudgementOutcome>();
  return calls_.Write(
      context,
      [this, judgement = *judgement, outcome](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(*outcome, intake_.Judge(judgement, tx));
        return absl::OkStatus();
      },
      [this, response, outcome] {
        after_commit_.Judged(*outcome);
        response->set_agrees(outcome->agrees);
        if (outcome->blocker.has_value()) ToProto(*outcome->blocker, response->mutable_blocker());
        if (outcome->classification.has_value()) {
          ToProto(*outcome->classification, response->mutable_classification());
        }
      });
}

grpc::ServerUnaryReactor* BlockerHandler::ListFeedback(grpc::CallbackServerContext* context,
                                                       const v1::ListFeedbackRequest* request,
                                                       v1::ListFeedbackResponse* response) {
  return calls_.Read(context, [this, request, response]() -> absl::Status {
    RETURN_IF_ERROR(ValidateRequest(*request));
    ASSIGN_OR_RETURN(const std::string tenant, ParseParent(request->parent(), "parent", tenants_));
    const absl::Time since =
        request->has_start_time() ? FromProto(request->start_time()) : absl::InfinitePast();
    const Pager pager({"ListFeedback", tenant, absl::StrCat(absl::ToUnixMicros(since))});
    ASSIGN_OR_RETURN(Page page, pager.Parse(request->page_size(), request->page_token()));
    page.size = std::min(page.size, kMaxFeedbackPage + 1);
    ASSIGN_OR_RETURN(Part<Feedback> part, store_.ListFeedback(tenant, since, page));
    std::string next = CutPage(pager, page, &part);
    size_t bytes = 0;
    for (const Feedback& row : part.rows) {
      v1::Feedback* added = response->add_feedback();
      ToProto(row, added);
      bytes += added->ByteSizeLong();
      if (bytes < kMaxFeedbackBytes || row.id == part.rows.back().id) continue;
      next = pager.Token(row.id);
      break;
    }
    response->set_next_page_token(next);
    return absl::OkStatus();
  });
}

}  // namespace clearway
