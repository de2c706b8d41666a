#include "service/server/validate.h"

#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "service/domain/taxonomy.h"
#include "service/server/resource_names.h"
#include "service/wire/convert.h"

namespace clearway {
namespace {

constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxLinkTypeBytes = 128;
constexpr size_t kMaxUrlBytes = 2 << 10;
constexpr size_t kMaxTitleBytes = 4 << 10;
constexpr size_t kMaxNoteBytes = 4 << 10;
constexpr size_t kMaxCommentBytes = 256 << 10;
constexpr size_t kMaxDescriptionBytes = 1 << 20;
constexpr int kMaxComments = 2000;
constexpr int kMaxLabels = 200;
constexpr int kMaxLinks = 1000;
constexpr int kMaxBatch = 1000;

// 0001-01-01 and 9999-12-31T23:59:59: what google.protobuf.Timestamp allows.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;

// Checks the fields of one message, whose own path is `path`, "" for the request itself.
class FieldChecker {
 public:
  FieldChecker(std::string path, FieldViolations* violations)
      : path_(std::move(path)), violations_(*violations) {}

  void Fault(absl::string_view field, std::string description) {
    violations_.Add(Path(field), std::move(description));
  }

  void AtMost(absl::string_view field, const std::string& value, size_t limit) {
    if (value.size() > limit) {
      Fault(field, absl::StrCat("has ", value.size(), " bytes; at most ", limit, " are taken"));
    }
  }

  void Required(absl::string_view field, const std::string& value, size_t limit) {
    if (value.empty()) Fault(field, absl::StrCat("is required: 1 to ", limit, " bytes"));
    AtMost(field, value, limit);
  }

  void Label(absl::string_view field, const std::string& value) {
    if (!IsLabel(value)) {
      Fault(field, value.empty() ? "is required: 1 to 63 of a-z, 0-9 and -"
                                 : "must be 1 to 63 of a-z, 0-9 and -");
    }
  }

  // False: too many, and the items need no look.
  bool CountAtMost(absl::string_view field, int count, int limit) {
    if (count <= limit) return true;
    Fault(field, absl::StrCat("has ", count, " items; at most ", limit, " are taken"));
    return false;
  }

  void Time(absl::string_view field, const google::protobuf::Timestamp& time,
            int64_t first_second = kFirstSecond) {
    if (time.seconds() < first_second || time.seconds() > kLastSecond || time.nanos() < 0 ||
        time.nanos() > 999'999'999) {
      Fault(field, absl::StrCat("is not a time between the years ",
                                first_second == 0 ? "1970" : "1", " and 9999"));
    }
  }

  std::string Path(absl::string_view field) const {
    return path_.empty() ? std::string(field) : absl::StrCat(path_, ".", field);
  }

 private:
  std::string path_;
  FieldViolations& violations_;
};

void ValidateComment(const v1::Comment& comment, std::string path, bool id_required,
                     FieldViolations* violations) {
  FieldChecker check(std::move(path), violations);
  id_required ? check.Required("id", comment.id(), kMaxNameBytes)
              : check.AtMost("id", comment.id(), kMaxNameBytes);
  check.AtMost("author", comment.author(), kMaxNameBytes);
  check.AtMost("body", comment.body(), kMaxCommentBytes);
  if (comment.has_create_time()) check.Time("create_time", comment.create_time());
  if (comment.has_update_time()) check.Time("update_time", comment.update_time());
}

template <typename Comments>
void ValidateComments(const Comments& comments, absl::string_view field, bool id_required,
                      FieldChecker* check, FieldViolations* violations) {
  if (!check->CountAtMost(field, comments.size(), kMaxComments)) return;
  absl::flat_hash_set<absl::string_view> ids;
  for (int i = 0; i < comments.size(); ++i) {
    const std::string item = absl::StrCat(field, "[", i, "]");
    ValidateComment(comments[i], check->Path(item), id_required, violations);
    if (!comments[i].id().empty() && !ids.insert(comments[i].id()).second) {
      check->Fault(item + ".id", "is the id of an earlier one in the same list");
    }
  }
}

}  // namespace

void ValidateTicket(const v1::Ticket& ticket, const std::string& path, bool key_required,
                    FieldViolations* violations) {
  FieldChecker check(path, violations);
  key_required ? check.Required("key", ticket.key(), kMaxNameBytes)
               : check.AtMost("key", ticket.key(), kMaxNameBytes);
  check.AtMost("project", ticket.project(), kMaxNameBytes);
  check.AtMost("title", ticket.title(), kMaxTitleBytes);
  check.AtMost("description", ticket.description(), kMaxDescriptionBytes);
  ValidateComments(ticket.comments(), "comments", /*id_required=*/false, &check, violations);
  check.AtMost("status", ticket.status(), kMaxNameBytes);
  if (check.CountAtMost("labels", ticket.labels_size(), kMaxLabels)) {
    for (int i = 0; i < ticket.labels_size(); ++i) {
      check.AtMost(absl::StrCat("labels[", i, "]"), ticket.labels(i), kMaxNameBytes);
    }
  }
  if (check.CountAtMost("links", ticket.links_size(), kMaxLinks)) {
    for (int i = 0; i < ticket.links_size(); ++i) {
      const v1::TicketLink& link = ticket.links(i);
      check.Required(absl::StrCat("links[", i, "].type"), link.type(), kMaxLinkTypeBytes);
      check.Required(absl::StrCat("links[", i, "].key"), link.key(), kMaxNameBytes);
    }
  }
  check.AtMost("assignee", ticket.assignee(), kMaxNameBytes);
  check.AtMost("reporter", ticket.reporter(), kMaxNameBytes);
  if (!v1::Priority_IsValid(ticket.priority())) {
    check.Fault("priority", absl::StrCat(static_cast<int>(ticket.priority()),
                                         " is not a priority that is known here"));
  }
  if (ticket.has_create_time()) check.Time("create_time", ticket.create_time());
  if (ticket.has_due_time()) check.Time("due_time", ticket.due_time());
  check.AtMost("url", ticket.url(), kMaxUrlBytes);
}

absl::Status ValidateTicketEvent(const v1::TicketEvent& event, const std::string& path) {
  FieldViolations violations;
  FieldChecker check(path, &violations);
  check.Label("tenant", event.tenant());
  check.Label("source", event.source());
  check.Required("event_id", event.event_id(), kMaxNameBytes);
  if (event.has_event_time()) {
    check.Time("event_time", event.event_time(), /*first_second=*/0);
  } else {
    check.Fault("event_time", "is required");
  }
  ValidateTicket(event.ticket(), check.Path("ticket"), /*key_required=*/true, &violations);
  for (int i = 0; i < event.ticket_mask().paths_size(); ++i) {
    const std::string& name = event.ticket_mask().paths(i);
    if (name != "key" && !TicketFieldOf(name).has_value()) {
      check.Fault(absl::StrCat("ticket_mask.paths[", i, "]"), "is not a field of Ticket");
    }
  }
  ValidateComments(event.comment_upserts(), "comment_upserts", /*id_required=*/true, &check,
                   &violations);
  if (check.CountAtMost("deleted_comment_ids", event.deleted_comment_ids_size(), kMaxComments)) {
    for (int i = 0; i < event.deleted_comment_ids_size(); ++i) {
      check.Required(absl::StrCat("deleted_comment_ids[", i, "]"), event.deleted_comment_ids(i),
                     kMaxNameBytes);
    }
  }
  check.AtMost("actor", event.actor(), kMaxNameBytes);
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::ClassifyTicketRequest& request) {
  FieldViolations violations;
  if (!request.has_ticket()) violations.Add("ticket", "is required");
  if (!request.tenant().empty()) FieldChecker("", &violations).Label("tenant", request.tenant());
  ValidateTicket(request.ticket(), "ticket", /*key_required=*/false, &violations);
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::BatchClassifyTicketsRequest& request) {
  const int size = request.requests_size();
  if (size == 0 || size > kMaxBatch) {
    return InvalidField("requests",
                        absl::StrCat("has ", size, " items; 1 to ", kMaxBatch, " are taken"));
  }
  FieldViolations violations;
  for (int i = 0; i < size; ++i) {
    const std::string path = absl::StrCat("requests[", i, "].ticket");
    if (!request.requests(i).has_ticket()) violations.Add(path, "is required");
    const std::string& tenant = request.requests(i).tenant();
    if (!tenant.empty()) {
      FieldChecker(absl::StrCat("requests[", i, "]"), &violations).Label("tenant", tenant);
    }
    ValidateTicket(request.requests(i).ticket(), path, /*key_required=*/false, &violations);
  }
  return violations.ToStatus();
}

void ValidateActor(const std::string& actor, const std::string& note, FieldViolations* violations) {
  FieldChecker check("", violations);
  check.Required("actor", actor, kMaxNameBytes);
  check.AtMost("note", note, kMaxNoteBytes);
}

absl::Status ValidateReportRequest(const v1::GetBlockerReportRequest& request) {
  FieldViolations violations;
  FieldChecker check("", &violations);
  if (request.has_start_time()) check.Time("start_time", request.start_time());
  if (request.has_end_time()) check.Time("end_time", request.end_time());
  check.AtMost("project", request.project(), kMaxNameBytes);
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::GetRootCausesRequest& request) {
  FieldViolations violations;
  FieldChecker("", &violations).AtMost("project", request.project(), kMaxNameBytes);
  if (request.page_size() < 0)
    violations.Add("page_size", "is negative; use 1 to 200, or 0 for 50");
  if (request.max_hanging() < 0) {
    violations.Add("max_hanging", "is negative; use 1 to 100, or 0 for 10");
  }
  if (!std::isfinite(request.daily_cost()) || request.daily_cost() < 0) {
    violations.Add("daily_cost", "must be a number that is not negative; 0 leaves costs out");
  }
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::ListFeedbackRequest& request) {
  FieldViolations violations;
  if (request.has_start_time()) {
    FieldChecker("", &violations).Time("start_time", request.start_time());
  }
  return violations.ToStatus();
}

namespace {

// A blocker, or else a ticket; never both.
void ValidateSubject(const v1::SubmitFeedbackRequest& request, FieldViolations* violations) {
  FieldChecker check("", violations);
  const bool names_ticket =
      !request.parent().empty() || !request.source().empty() || !request.ticket().empty();
  if (request.name().empty() && !names_ticket) {
    check.Fault("name", "is required, or else parent, source and ticket");
  } else if (!request.name().empty() && names_ticket) {
    check.Fault("name", "names the ticket already; leave parent, source and ticket out");
  } else if (names_ticket) {
    check.Label("source", request.source());
    check.Required("ticket", request.ticket(), kMaxNameBytes);
  }
}

void ValidateSecondary(const v1::SubmitFeedbackRequest& request, FieldViolations* violations) {
  if (request.secondary() == v1::CATEGORY_UNSPECIFIED) return;
  const bool fits =
      v1::Category_IsValid(request.secondary()) && IsBlocked(FromProto(request.secondary())) &&
      request.secondary() != request.category() && request.category() != v1::CATEGORY_NOT_BLOCKED;
  if (!fits) {
    violations->Add("secondary", "must be another blocked category, of a ticket that is blocked");
  }
}

}  // namespace

absl::Status ValidateFeedback(const v1::SubmitFeedbackRequest& request) {
  FieldViolations violations;
  ValidateSubject(request, &violations);
  ValidateActor(request.actor(), request.note(), &violations);
  ValidateSecondary(request, &violations);
  const bool category_known = v1::Category_IsValid(request.category()) &&
                              request.category() != v1::CATEGORY_UNSPECIFIED &&
                              request.category() != v1::CATEGORY_NEEDS_REVIEW;
  if (!category_known) {
    violations.Add("category",
                   "must be NOT_BLOCKED, TECHNICAL, COMMUNICATION, RESOURCE or CROSS_TEAM");
  }
  if (!v1::Reason_IsValid(request.reason())) {
    violations.Add("reason", "is not a reason that is known here");
  } else if (category_known && request.reason() != v1::REASON_UNSPECIFIED) {
    const Category owner = CategoryOf(FromProto(request.reason()));
    if (owner != FromProto(request.category())) {
      violations.Add("reason", absl::StrCat(ReasonName(FromProto(request.reason())),
                                            " belongs to the category ", CategoryName(owner)));
    }
  }
  FieldChecker("", &violations).AtMost("waiting_on", request.waiting_on(), kMaxNameBytes);
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::EraseTicketTextsRequest& request) {
  FieldViolations violations;
  FieldChecker check("", &violations);
  check.Label("source", request.source());
  check.Required("ticket", request.ticket(), kMaxNameBytes);
  check.Required("actor", request.actor(), kMaxNameBytes);
  check.AtMost("reason", request.reason(), kMaxNoteBytes);
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::EraseAuthorTextsRequest& request) {
  FieldViolations violations;
  FieldChecker check("", &violations);
  check.Required("author", request.author(), kMaxNameBytes);
  check.Required("actor", request.actor(), kMaxNameBytes);
  check.AtMost("reason", request.reason(), kMaxNoteBytes);
  return violations.ToStatus();
}

absl::Status ValidateRequest(const v1::ReplayTicketEventsRequest& request) {
  FieldViolations violations;
  FieldChecker check("", &violations);
  if (request.has_start_time()) {
    check.Time("start_time", request.start_time());
  } else {
    check.Fault("start_time", "is required");
  }
  check.AtMost("actor", request.actor(), kMaxNameBytes);
  if (!request.validate_only()) {
    check.Required("actor", request.actor(), kMaxNameBytes);
    if (!request.policy_file().empty()) {
      check.Fault("policy_file",
                  "is for validate_only; a policy takes effect as the server's policy_file");
    }
  }
  return violations.ToStatus();
}

}  // namespace clearway
