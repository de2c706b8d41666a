#include "plugin-adapters/gateway/event_parts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "plugin-adapters/gateway/signature.h"

namespace clearway {

std::string EventId(absl::string_view given, const Webhook& webhook) {
  if (!given.empty() && given.size() <= 200 &&
      std::all_of(given.begin(), given.end(), absl::ascii_isgraph)) {
    return std::string(given);
  }
  return absl::StrCat("sha256:", Sha256Hex(webhook.body));
}

void Say(const char* field, v1::TicketEvent* event) {
  event->mutable_ticket_mask()->add_paths(field);
}

std::string WebUrl(const std::string& url) {
  return absl::StartsWith(url, "https://") || absl::StartsWith(url, "http://") ? url : "";
}

}  // namespace clearway
