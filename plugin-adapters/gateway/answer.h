#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "clearway/v1/ticket_event_service.pb.h"
#include "service/base/http_server.h"

namespace clearway {

// The bodies are small JSON objects; none quotes a ticket but for the words that name who must act.

// 200: what became of the events, {"result", "verdict", "blocker"}; a list where there are several.
HttpResponse IngestedAnswer(const std::vector<v1::IngestTicketEventResponse>& answers);

// 200: nothing was to be done, and why.
HttpResponse IgnoredAnswer(absl::string_view reason);

// A request refused before clearwayd saw it: 401 for UNAUTHENTICATED, 415 for UNIMPLEMENTED, else
// 400.
HttpResponse RefusedAnswer(const absl::Status& status);

// An event that clearwayd did not take: 422 when repeating cannot mend it, else 503 with
// Retry-After.
HttpResponse FailedAnswer(const absl::Status& status, absl::Duration retry_after);

}  // namespace clearway
