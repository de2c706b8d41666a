#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "clearway/v1/ticket.pb.h"
#include "plugin-adapters/gateway/webhook_adapter.h"

namespace clearway {

// The id of an event: what the tracker calls it, or a hash of the body where that is missing or no
// printable ASCII of at most 200 bytes (a header is not covered by the signature).
std::string EventId(absl::string_view given, const Webhook& webhook);

// Names `field` of the ticket as one that the event speaks of.
void Say(const char* field, v1::TicketEvent* event);

// `url` if a browser may be sent there, else empty: never "javascript:" and its like.
std::string WebUrl(const std::string& url);

}  // namespace clearway
