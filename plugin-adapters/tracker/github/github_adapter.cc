#include "plugin-adapters/tracker/github/github_adapter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "plugin-adapters/gateway/event_parts.h"
#include "plugin-adapters/gateway/json_body.h"
#include "plugin-adapters/gateway/json_view.h"
#include "plugin-adapters/gateway/signature.h"
#include "plugin-adapters/gateway/tracker_time.h"
#include "plugin-adapters/tracker/github/priority_label.h"
#include "service/base/status_macros.h"

namespace clearway::github {
namespace {

void ReadLabels(const JsonView& labels, v1::TicketEvent* event) {
  v1::Ticket& ticket = *event->mutable_ticket();
  for (const JsonView& label : labels.Items()) {
    std::string name = label["name"].Text();
    ticket.set_priority(std::max(ticket.priority(), PriorityOfLabel(name)));
    ticket.add_labels(std::move(name));
  }
  Say("labels", event);
  Say("priority", event);
}

// Some bodies (`pinned`, for one) leave parts of the issue out: only what is there is said.
void ReadIssue(const JsonView& issue, v1::TicketEvent* event) {
  v1::Ticket& ticket = *event->mutable_ticket();
  if (issue["title"].present()) {
    ticket.set_title(issue["title"].Text());
    Say("title", event);
  }
  if (issue["body"].present()) {
    ticket.set_description(issue["body"].Text());
    Say("description", event);
  }
  if (issue["state"].present()) {
    ticket.set_status(issue["state"].Text());
    ticket.set_done(ticket.status() == "closed");
    Say("status", event);
    Say("done", event);
  }
  if (issue["labels"].present()) ReadLabels(issue["labels"], event);
  if (issue["assignees"].present() || issue["assignee"].present()) {
    const std::vector<JsonView> assignees = issue["assignees"].Items();
    ticket.set_assignee((assignees.empty() ? issue["assignee"] : assignees[0])["login"].Text());
    Say("assignee", event);
  }
  if (issue["user"].present()) {
    ticket.set_reporter(issue["user"]["login"].Text());
    Say("reporter", event);
  }
  if (const std::optional<absl::Time> created = issue["created_at"].Time()) {
    *ticket.mutable_create_time() = ToTimestamp(*created);
    Say("create_time", event);
  }
  if (issue["milestone"].present()) {
    if (const std::optional<absl::Time> due = issue["milestone"]["due_on"].Time()) {
      *ticket.mutable_due_time() = ToTimestamp(*due);
    }
    Say("due_time", event);
  }
  if (issue["html_url"].present()) {
    ticket.set_url(WebUrl(issue["html_url"].Text()));
    Say("url", event);
  }
  // The summary counts the open issues that this one is blocked by without naming them, so there is
  // no link to make of it; GitHub has no flag, and this is what comes nearest.
  const JsonView blocked_by = issue["issue_dependencies_summary"]["blocked_by"];
  if (blocked_by.has_value()) {
    ticket.set_flagged(blocked_by.Integer() > 0);
    Say("flagged", event);
  }
}

void ReadComment(const JsonView& comment, bool deleted, v1::TicketEvent* event) {
  std::string id = comment["id"].Id();
  if (id.empty()) {
    comment["id"].Fault("is missing");
    return;
  }
  if (deleted) {
    event->add_deleted_comment_ids(std::move(id));
    return;
  }
  v1::Comment& upsert = *event->add_comment_upserts();
  upsert.set_id(std::move(id));
  upsert.set_author(comment["user"]["login"].Text());
  upsert.set_body(comment["body"].Text());
  const std::optional<absl::Time> created = comment["created_at"].Time();
  const std::optional<absl::Time> updated = comment["updated_at"].Time();
  if (created.has_value()) *upsert.mutable_create_time() = ToTimestamp(*created);
  if (updated.has_value() && updated != created) {
    *upsert.mutable_update_time() = ToTimestamp(*updated);
  }
}

// The newest time in the body. What ends an issue moves none of them, and an edited comment may
// have been dated later, so an ending is as new as its receipt: nothing of that key can follow it.
absl::Time EventTime(const JsonView& issue, const JsonView& comment, bool ended,
                     absl::Time receive_time) {
  std::optional<absl::Time> newest;
  for (const JsonView& at : {issue["created_at"], issue["updated_at"], issue["closed_at"],
                             comment["created_at"], comment["updated_at"]}) {
    newest = std::max(newest, at.Time());
  }
  if (!newest.has_value() || ended) newest = std::max(newest, std::optional(receive_time));
  return *newest;
}

// The part of the body that shows the ticket: a pull request is an issue with more to it, and
// without its own events nobody would hear that it was merged.
const char* TicketMember(absl::string_view event_kind) {
  if (event_kind == "issues" || event_kind == "issue_comment") return "issue";
  return event_kind == "pull_request" ? "pull_request" : nullptr;
}

std::string TicketKeyOf(const JsonView& repository, const JsonView& issue) {
  const std::string project = repository["full_name"].Text();
  const std::string number = issue["number"].Id();
  if (project.empty()) repository["full_name"].Fault("is missing");
  if (number.empty()) issue["number"].Fault("is missing");
  return absl::StrCat(project, "#", number);
}

}  // namespace

absl::Status GitHubAdapter::VerifySignature(const Webhook& webhook,
                                            const std::vector<std::string>& secrets) const {
  return VerifySha256Signature("X-Hub-Signature-256", webhook.header("x-hub-signature-256"),
                               webhook.body, secrets);
}

absl::StatusOr<WebhookEvents> GitHubAdapter::Parse(const Webhook& webhook) const {
  const absl::string_view event_kind = webhook.header("x-github-event");
  if (event_kind.empty()) {
    return absl::InvalidArgumentError("the request has no X-GitHub-Event header");
  }
  ASSIGN_OR_RETURN(const nlohmann::json document, ParseJsonBody(webhook));
  if (event_kind == "ping") return WebhookEvents{{}, "the ping arrived: the webhook works"};
  const char* member = TicketMember(event_kind);
  if (member == nullptr) {
    return WebhookEvents{
        {},
        absl::StrCat("events of the kind \"", event_kind.substr(0, 64),
                     "\" are not read; those of issues, issue_comment and pull_request are")};
  }

  absl::Status fault;
  const JsonView body(document, &fault);
  const JsonView issue = body[member];
  const JsonView comment = body["comment"];
  const std::string action = body["action"].Text();
  const bool on_comment = event_kind == "issue_comment";
  const bool ended = !on_comment && (action == "deleted" || action == "transferred");
  v1::TicketEvent event;
  event.set_tenant(webhook.tenant);
  event.set_source(std::string(kind()));
  event.set_event_id(EventId(webhook.header("x-github-delivery"), webhook));
  event.set_sequence(EventSequence(webhook.header("x-github-delivery"), action));
  event.set_actor(body["sender"]["login"].Text());
  event.mutable_ticket()->set_key(TicketKeyOf(body["repository"], issue));
  event.mutable_ticket()->set_project(body["repository"]["full_name"].Text());
  Say("project", &event);
  ReadIssue(issue, &event);
  if (on_comment) ReadComment(comment, action == "deleted", &event);
  event.set_deleted(ended);
  *event.mutable_event_time() = ToTimestamp(EventTime(issue, comment, ended, webhook.receive_time));
  RETURN_IF_ERROR(fault);
  return WebhookEvents{{std::move(event)}, ""};
}

int64_t EventSequence(absl::string_view delivery, absl::string_view action) {
  // time_low-time_mid-version and time_high-…: RFC 9562, section 5.1.
  const std::vector<absl::string_view> parts = absl::StrSplit(delivery, '-');
  uint64_t low = 0;
  uint64_t mid = 0;
  uint64_t high = 0;
  if (parts.size() == 5 && parts[0].size() == 8 && parts[1].size() == 4 && parts[2].size() == 4 &&
      parts[2][0] == '1' && absl::SimpleHexAtoi(parts[0], &low) &&
      absl::SimpleHexAtoi(parts[1], &mid) && absl::SimpleHexAtoi(parts[2], &high)) {
    return static_cast<int64_t>((high & 0xfff) << 48 | mid << 32 | low);
  }
  if (action == "opened" || action == "created") return 0;
  return action == "deleted" || action == "transferred" ? 2 : 1;
}

}  // namespace clearway::github
