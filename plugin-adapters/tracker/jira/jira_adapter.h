#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "plugin-adapters/gateway/webhook_adapter.h"

namespace clearway::jira {

// Jira's webhooks, of Cloud and of Data Center: `jira:issue_created|updated|deleted` and
// `comment_created|updated|deleted`. Signed with X-Hub-Signature.
//
// An issue that was moved to another project gives two events: one ends the ticket under its old
// key.
class JiraAdapter final : public WebhookAdapter {
 public:
  absl::string_view kind() const override { return "jira"; }
  absl::Status VerifySignature(const Webhook& webhook,
                               const std::vector<std::string>& secrets) const override;
  absl::StatusOr<WebhookEvents> Parse(const Webhook& webhook) const override;
};

}  // namespace clearway::jira
