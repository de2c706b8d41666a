#include "plugin-adapters/tracker/jira/jira_issue.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "plugin-adapters/gateway/event_parts.h"
#include "plugin-adapters/gateway/tracker_time.h"
#include "plugin-adapters/tracker/jira/rich_text.h"

namespace clearway::jira {
namespace {

// Wiki markup as it is, or a document as text.
std::string RichText(const JsonView& view) {
  if (view.is_object()) return PlainText(*view.raw());
  if (view.has_value() && !view.is_text()) {
    view.Fault("must be text or a document");
    return "";
  }
  return view.Text();
}

// Jira's present scheme, the one before it, and their usual Chinese names. Others are unknown.
v1::Priority PriorityOfName(const std::string& name) {
  static constexpr struct {
    absl::string_view name;
    v1::Priority priority;
  } kNames[] = {
      {"highest", v1::PRIORITY_HIGHEST}, {"high", v1::PRIORITY_HIGH},
      {"medium", v1::PRIORITY_MEDIUM},   {"low", v1::PRIORITY_LOW},
      {"lowest", v1::PRIORITY_LOWEST},   {"blocker", v1::PRIORITY_HIGHEST},
      {"critical", v1::PRIORITY_HIGH},   {"major", v1::PRIORITY_MEDIUM},
      {"minor", v1::PRIORITY_LOW},       {"trivial", v1::PRIORITY_LOWEST},
      {"urgent", v1::PRIORITY_HIGHEST},  {"p0", v1::PRIORITY_HIGHEST},
      {"p1", v1::PRIORITY_HIGH},         {"p2", v1::PRIORITY_MEDIUM},
      {"p3", v1::PRIORITY_LOW},          {"p4", v1::PRIORITY_LOWEST},
      {"最高", v1::PRIORITY_HIGHEST},    {"紧急", v1::PRIORITY_HIGHEST},
      {"高", v1::PRIORITY_HIGH},         {"中", v1::PRIORITY_MEDIUM},
      {"低", v1::PRIORITY_LOW},          {"最低", v1::PRIORITY_LOWEST},
  };
  const std::string wanted = absl::AsciiStrToLower(name);
  for (const auto& known : kNames) {
    if (wanted == known.name) return known.priority;
  }
  return v1::PRIORITY_UNSPECIFIED;
}

// Older servers send a status without its category; a resolution then tells.
void ReadStatus(const JsonView& fields, v1::TicketEvent* event) {
  v1::Ticket& ticket = *event->mutable_ticket();
  const JsonView status = fields["status"];
  if (status.present()) {
    ticket.set_status(status["name"].Text());
    Say("status", event);
  }
  const JsonView category = status["statusCategory"]["key"];
  if (category.has_value()) {
    ticket.set_done(category.Text() == "done");
    Say("done", event);
  } else if (fields["resolution"].present()) {
    ticket.set_done(fields["resolution"].has_value());
    Say("done", event);
  }
}

bool HoldsImpediment(const nlohmann::json& value) {
  if (!value.is_array()) return false;
  return std::any_of(value.begin(), value.end(), [](const nlohmann::json& item) {
    const nlohmann::json* text = &item;
    if (item.is_object()) {
      const auto found = item.find("value");
      if (found == item.end()) return false;
      text = &*found;
    }
    return text->is_string() &&
           absl::EqualsIgnoreCase(text->get_ref<const std::string&>(), "impediment");
  });
}

// The flag is a custom field whose number differs per site, so it is known by its value; a site
// whose administrator has renamed the value is told by the change log alone.
void ReadFlag(const JsonView& fields, bool whole, v1::TicketEvent* event) {
  bool custom_fields = false;
  bool flagged = fields["flagged"].present() && *fields["flagged"].raw() == true;
  for (const std::string& name : fields.Names()) {
    if (!absl::StartsWith(name, "customfield_")) continue;
    custom_fields = true;
    flagged = flagged || HoldsImpediment(*fields[name.c_str()].raw());
  }
  if (!flagged && !fields["flagged"].present() && !(whole && custom_fields)) return;
  event->mutable_ticket()->set_flagged(flagged);
  Say("flagged", event);
}

// A link says "is blocked by" for ever; one to an issue that is done blocks nothing any more.
bool IsSpent(const std::string& wording, const JsonView& other) {
  return absl::StrContains(absl::AsciiStrToLower(wording), "blocked by") &&
         other["fields"]["status"]["statusCategory"]["key"].Text() == "done";
}

void ReadLinks(const JsonView& links, v1::TicketEvent* event) {
  for (const JsonView& link : links.Items()) {
    const bool inward = link["inwardIssue"].has_value();
    const JsonView other = link[inward ? "inwardIssue" : "outwardIssue"];
    const std::string wording = link["type"][inward ? "inward" : "outward"].Text();
    const std::string key = other["key"].Text();
    if (wording.empty() || key.empty() || IsSpent(wording, other)) continue;
    v1::TicketLink& added = *event->mutable_ticket()->add_links();
    added.set_type(wording);
    added.set_key(key);
  }
  Say("links", event);
}

void ReadPeopleAndTimes(const JsonView& fields, v1::TicketEvent* event) {
  v1::Ticket& ticket = *event->mutable_ticket();
  if (fields["assignee"].present()) {
    ticket.set_assignee(UserOf(fields["assignee"]));
    Say("assignee", event);
  }
  if (fields["reporter"].present()) {
    ticket.set_reporter(UserOf(fields["reporter"]));
    Say("reporter", event);
  }
  if (const std::optional<absl::Time> created = fields["created"].Time()) {
    *ticket.mutable_create_time() = ToTimestamp(*created);
    Say("create_time", event);
  }
  if (fields["duedate"].present()) {
    // A date: the ticket is late once that day is over.
    if (const std::optional<absl::Time> due = fields["duedate"].Time()) {
      *ticket.mutable_due_time() = ToTimestamp(*due + absl::Hours(24) - absl::Seconds(1));
    }
    Say("due_time", event);
  }
}

// The page for people, from the address of the REST resource. Behind Atlassian's own API gateway
// the site's address is not told.
std::string BrowseUrl(const std::string& self, const std::string& key) {
  const size_t rest = self.find("/rest/api/");
  if (rest == std::string::npos || absl::StartsWith(self, "https://api.atlassian.com/")) return "";
  return WebUrl(absl::StrCat(self.substr(0, rest), "/browse/", key));
}

}  // namespace

void ReadIssue(const JsonView& issue, bool whole, v1::TicketEvent* event) {
  v1::Ticket& ticket = *event->mutable_ticket();
  const JsonView fields = issue["fields"];
  std::string key = issue["key"].Text();
  if (key.empty()) issue["key"].Fault("is missing");
  const std::string project = fields["project"]["key"].Text();
  ticket.set_project(project.empty() ? ProjectOfKey(key) : project);
  Say("project", event);
  if (fields["summary"].present()) {
    ticket.set_title(fields["summary"].Text());
    Say("title", event);
  }
  if (fields["description"].present()) {
    ticket.set_description(RichText(fields["description"]));
    Say("description", event);
  }
  ReadStatus(fields, event);
  ReadFlag(fields, whole, event);
  if (fields["labels"].present()) {
    for (const JsonView& label : fields["labels"].Items()) ticket.add_labels(label.Text());
    Say("labels", event);
  }
  if (fields["issuelinks"].present()) ReadLinks(fields["issuelinks"], event);
  if (fields["priority"].present()) {
    ticket.set_priority(PriorityOfName(fields["priority"]["name"].Text()));
    Say("priority", event);
  }
  ReadPeopleAndTimes(fields, event);
  if (const std::string url = BrowseUrl(issue["self"].Text(), key); !url.empty()) {
    ticket.set_url(url);
    Say("url", event);
  }
  ticket.set_key(std::move(key));
  // The event's own comment, read before, is among those of the issue as well.
  std::set<std::string> held;
  for (const v1::Comment& comment : event->comment_upserts()) held.insert(comment.id());
  for (const JsonView& comment : fields["comment"]["comments"].Items()) {
    if (held.insert(comment["id"].Id()).second) ReadComment(comment, event);
  }
}

void ReadComment(const JsonView& comment, v1::TicketEvent* event) {
  std::string id = comment["id"].Id();
  if (id.empty()) {
    comment["id"].Fault("is missing");
    return;
  }
  v1::Comment& upsert = *event->add_comment_upserts();
  upsert.set_id(std::move(id));
  upsert.set_author(UserOf(comment["author"]));
  upsert.set_body(RichText(comment["body"]));
  const std::optional<absl::Time> created = comment["created"].Time();
  const std::optional<absl::Time> updated = comment["updated"].Time();
  if (created.has_value()) *upsert.mutable_create_time() = ToTimestamp(*created);
  if (updated.has_value() && updated != created) {
    *upsert.mutable_update_time() = ToTimestamp(*updated);
  }
}

std::string UserOf(const JsonView& user) {
  for (const char* name : {"accountId", "name", "key"}) {
    if (std::string id = user[name].Text(); !id.empty()) return id;
  }
  return "";
}

std::string ProjectOfKey(const std::string& key) { return key.substr(0, key.rfind('-')); }

}  // namespace clearway::jira
