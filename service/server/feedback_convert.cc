#include "service/server/feedback_convert.h"

#include "absl/strings/str_cat.h"

#include "service/wire/convert.h"
#include "service/wire/time.h"

namespace clearway {

void ToProto(const Feedback& feedback, v1::Feedback* proto) {
  const std::string& tenant = feedback.ticket.tenant;
  proto->set_name(absl::StrCat("tenants/", tenant, "/feedback/", feedback.id));
  if (feedback.blocker_id != 0) proto->set_blocker(BlockerName(tenant, feedback.blocker_id));
  proto->set_source(feedback.ticket.source);
  proto->set_ticket(feedback.ticket.key);
  *proto->mutable_create_time() = ToProto(feedback.time);
  proto->set_verdict_category(ToProto(feedback.verdict_category));
  proto->set_verdict_reason(ToProto(feedback.verdict_reason));
  const Judgement& judgement = feedback.judgement;
  proto->set_actor(judgement.actor);
  proto->set_category(ToProto(judgement.category));
  proto->set_reason(ToProto(judgement.reason));
  proto->set_secondary(ToProto(judgement.secondary));
  proto->set_waiting_on(judgement.waiting_on);
  proto->set_note(feedback.note);
  proto->set_language(feedback.language);
  if (feedback.snapshot.has_value()) ToProto(*feedback.snapshot, proto->mutable_snapshot());
}

Judgement JudgementOf(const v1::SubmitFeedbackRequest& request) {
  return {request.actor(), FromProto(request.category()), FromProto(request.reason()),
          FromProto(request.secondary()), request.waiting_on()};
}

}  // namespace clearway
