#pragma once

#include <string>

#include "absl/status/status.h"

#include "clearway/v1/blocker_service.pb.h"
#include "clearway/v1/classification_service.pb.h"
#include "clearway/v1/erasure_service.pb.h"
#include "clearway/v1/replay_service.pb.h"
#include "clearway/v1/report_service.pb.h"
#include "clearway/v1/root_cause_service.pb.h"
#include "clearway/v1/ticket.pb.h"
#include "service/server/field_violations.h"

namespace clearway {

// Holds requests to the bounds that the API's comments state. Everything wrong is gathered, each
// under its path from the request's root. That strings are UTF-8 was seen to when the message was
// parsed.

// The bounds of a ticket; its key is looked at only where `key_required`.
void ValidateTicket(const v1::Ticket& ticket, const std::string& path, bool key_required,
                    FieldViolations* violations);

absl::Status ValidateTicketEvent(const v1::TicketEvent& event, const std::string& path);

absl::Status ValidateRequest(const v1::ClassifyTicketRequest& request);
absl::Status ValidateRequest(const v1::BatchClassifyTicketsRequest& request);

// Actor and note of what people do to a blocker.
void ValidateActor(const std::string& actor, const std::string& note, FieldViolations* violations);

// All of it but the parent and that the period has a length.
absl::Status ValidateReportRequest(const v1::GetBlockerReportRequest& request);

// All of it but the parent and the token.
absl::Status ValidateRequest(const v1::GetRootCausesRequest& request);

// All of it but the names' own form.
absl::Status ValidateRequest(const v1::ListFeedbackRequest& request);
absl::Status ValidateFeedback(const v1::SubmitFeedbackRequest& request);
absl::Status ValidateRequest(const v1::EraseTicketTextsRequest& request);
absl::Status ValidateRequest(const v1::EraseAuthorTextsRequest& request);
absl::Status ValidateRequest(const v1::ReplayTicketEventsRequest& request);

}  // namespace clearway
