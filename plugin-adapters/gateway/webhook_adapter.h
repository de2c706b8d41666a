#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "clearway/v1/ticket.pb.h"

namespace clearway {

// One HTTP request of a tracker, as it came.
struct Webhook {
  // Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
  // The tenant its tickets belong to.
  std::string tenant;
  // For events that carry no time of their own.
  absl::Time receive_time;

  // Empty when there is no such header. `name` is in lower case.
  absl::string_view header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? absl::string_view() : absl::string_view(found->second);
  }
};

// What a webhook came to.
struct WebhookEvents {
  // Oldest first, each complete with tenant, source, id and time.
  std::vector<v1::TicketEvent> events;
  // Where there are none: why, in a few words for the person who set the webhook up.
  std::string ignored;
};

// Reads the webhooks of one kind of tracker. Implementations hold no state and are thread-safe; the
// same request must always give the same event ids, for trackers deliver more than once.
class WebhookAdapter {
 public:
  virtual ~WebhookAdapter() = default;

  // What configuration files call it, and the `source` of its events.
  virtual absl::string_view kind() const = 0;

  // Checks that one of `secrets` signed the body, before anything is read from it. UNAUTHENTICATED
  // says which header was looked at.
  virtual absl::Status VerifySignature(const Webhook& webhook,
                                       const std::vector<std::string>& secrets) const = 0;

  // INVALID_ARGUMENT for what is none of the tracker's bodies; the message never quotes them.
  virtual absl::StatusOr<WebhookEvents> Parse(const Webhook& webhook) const = 0;
};

}  // namespace clearway
