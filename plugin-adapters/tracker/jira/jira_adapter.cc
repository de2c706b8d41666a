#include "plugin-adapters/tracker/jira/jira_adapter.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "plugin-adapters/gateway/event_parts.h"
#include "plugin-adapters/gateway/json_body.h"
#include "plugin-adapters/gateway/json_view.h"
#include "plugin-adapters/gateway/signature.h"
#include "plugin-adapters/gateway/tracker_time.h"
#include "plugin-adapters/tracker/jira/jira_issue.h"
#include "service/base/status_macros.h"

namespace clearway::jira {
namespace {

absl::Time EventTime(const JsonView& body, absl::Time receive_time) {
  for (const std::optional<absl::Time>& time :
       {body["timestamp"].TimeMillis(), body["comment"]["updated"].Time(),
        body["issue"]["fields"]["updated"].Time()}) {
    if (time.has_value()) return *time;
  }
  return receive_time;
}

// Setting and clearing the flag is told by name here, whatever the custom field is called.
void ReadFlagChange(const JsonView& item, v1::TicketEvent* event) {
  if (!absl::EqualsIgnoreCase(item["field"].Text(), "flagged")) return;
  v1::Ticket& ticket = *event->mutable_ticket();
  ticket.set_flagged(!item["toString"].Text().empty());
  for (const std::string& path : event->ticket_mask().paths()) {
    if (path == "flagged") return;
  }
  Say("flagged", event);
}

// The event that ends the ticket under the key it had before a move.
std::optional<v1::TicketEvent> EndOfOldKey(const JsonView& item, const v1::TicketEvent& moved) {
  const std::string old_key = item["fromString"].Text();
  if (!absl::EqualsIgnoreCase(item["field"].Text(), "key") || old_key.empty() ||
      old_key == moved.ticket().key()) {
    return std::nullopt;
  }
  v1::TicketEvent end;
  end.set_tenant(moved.tenant());
  end.set_source(moved.source());
  end.set_event_id(absl::StrCat(moved.event_id(), ":moved"));
  *end.mutable_event_time() = moved.event_time();
  end.set_sequence(std::numeric_limits<int64_t>::max());
  end.set_actor(moved.actor());
  end.set_deleted(true);
  end.mutable_ticket()->set_key(old_key);
  end.mutable_ticket()->set_project(ProjectOfKey(old_key));
  Say("project", &end);
  return end;
}

// The comment of an event, if it has one: of a comment event, or of an issue event on Data Center.
void ReadEventComment(const JsonView& body, bool deleted, v1::TicketEvent* event) {
  const JsonView comment = body["comment"];
  if (!deleted) return ReadComment(comment, event);
  std::string id = comment["id"].Id();
  if (id.empty()) comment["id"].Fault("is missing");
  event->add_deleted_comment_ids(std::move(id));
}

}  // namespace

absl::Status JiraAdapter::VerifySignature(const Webhook& webhook,
                                          const std::vector<std::string>& secrets) const {
  return VerifySha256Signature("X-Hub-Signature", webhook.header("x-hub-signature"), webhook.body,
                               secrets);
}

absl::StatusOr<WebhookEvents> JiraAdapter::Parse(const Webhook& webhook) const {
  ASSIGN_OR_RETURN(const nlohmann::json document, ParseJsonBody(webhook));
  absl::Status fault;
  const JsonView body(document, &fault);
  const std::string event_kind = body["webhookEvent"].Text();
  if (event_kind.empty()) body["webhookEvent"].Fault("is missing");
  RETURN_IF_ERROR(fault);
  const bool on_issue = event_kind == "jira:issue_created" || event_kind == "jira:issue_updated" ||
                        event_kind == "jira:issue_deleted";
  const bool on_comment = event_kind == "comment_created" || event_kind == "comment_updated" ||
                          event_kind == "comment_deleted";
  if (!on_issue && !on_comment) {
    return WebhookEvents{{},
                         absl::StrCat("events of the kind \"", event_kind.substr(0, 64),
                                      "\" are not read; those of issues and comments are")};
  }
  if (on_comment && !body["issue"].has_value()) {
    return WebhookEvents{{},
                         "the comment comes without its issue, as older Data Center versions send "
                         "it; turn on jira:issue_updated, which carries both"};
  }

  v1::TicketEvent event;
  event.set_tenant(webhook.tenant);
  event.set_source(std::string(kind()));
  event.set_event_id(EventId(webhook.header("x-atlassian-webhook-identifier"), webhook));
  *event.mutable_event_time() = ToTimestamp(EventTime(body, webhook.receive_time));
  event.set_deleted(event_kind == "jira:issue_deleted");
  // Change log ids grow with time. Nothing follows a deletion.
  event.set_sequence(event.deleted() ? std::numeric_limits<int64_t>::max()
                                     : body["changelog"]["id"].Integer());
  if (body["comment"].has_value() || on_comment) {
    const bool comment_deleted = event_kind == "comment_deleted" ||
                                 body["issue_event_type_name"].Text() == "issue_comment_deleted";
    ReadEventComment(body, comment_deleted, &event);
  }
  ReadIssue(body["issue"], /*whole=*/on_issue, &event);
  const std::string user = UserOf(body["user"]);
  event.set_actor(!user.empty() || !on_comment ? user : UserOf(body["comment"]["updateAuthor"]));
  WebhookEvents result;
  for (const JsonView& item : body["changelog"]["items"].Items()) {
    ReadFlagChange(item, &event);
    if (std::optional<v1::TicketEvent> end = EndOfOldKey(item, event)) {
      result.events.push_back(std::move(*end));
    }
  }
  RETURN_IF_ERROR(fault);
  result.events.push_back(std::move(event));
  return result;
}

}  // namespace clearway::jira
