#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "plugin-adapters/gateway/webhook_adapter.h"

namespace clearway::github {

// GitHub's `issues`, `issue_comment` and `pull_request` webhooks. Every body shows the whole issue
// or pull request, so every action is read alike: an action unknown here is a snapshot, too.
//
// An event's time is the newest of the times in its body, for the body shows the issue as of then;
// that of an ending is its receipt. GitHub's times are whole seconds; within one, the sequence says
// what came first (see EventSequence).
class GitHubAdapter final : public WebhookAdapter {
 public:
  absl::string_view kind() const override { return "github"; }
  absl::Status VerifySignature(const Webhook& webhook,
                               const std::vector<std::string>& secrets) const override;
  absl::StatusOr<WebhookEvents> Parse(const Webhook& webhook) const override;
};

// Orders the events of one second. GitHub's delivery ids are version 1 UUIDs, whose 60 bits of time
// tell; with ids of another kind, what opens comes first and what deletes last.
int64_t EventSequence(absl::string_view delivery, absl::string_view action);

}  // namespace clearway::github
