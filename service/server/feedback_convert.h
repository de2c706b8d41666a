#pragma once

#include "clearway/v1/blocker_service.pb.h"
#include "clearway/v1/feedback.pb.h"
#include "service/domain/correction.h"
#include "service/store/store.h"

namespace clearway {

void ToProto(const Feedback& feedback, v1::Feedback* proto);

// The request's own words, without what they are about. It must have been validated.
Judgement JudgementOf(const v1::SubmitFeedbackRequest& request);

}  // namespace clearway
