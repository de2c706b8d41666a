#include "service/wire/convert.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/wire/time.h"

namespace clearway {
namespace {

// In the order of TicketField; kDeleted is not a field of the API's ticket.
constexpr std::array<absl::string_view, kTicketFieldCount> kFieldPaths = {
    "project",     "title",    "description", "comments", "status",   "done",
    "flagged",     "labels",   "links",       "assignee", "reporter", "priority",
    "create_time", "due_time", "url",         ""};

template <typename Strings>
std::vector<std::string> ToVector(const Strings& strings) {
  return {strings.begin(), strings.end()};
}

}  // namespace

Comment FromProto(const v1::Comment& proto) {
  Comment comment{proto.id(), proto.author(), proto.body(), absl::InfinitePast(),
                  absl::InfinitePast()};
  if (proto.has_create_time()) comment.create_time = FromProto(proto.create_time());
  if (proto.has_update_time()) comment.update_time = FromProto(proto.update_time());
  return comment;
}

void ToProto(const Comment& comment, v1::Comment* proto) {
  proto->set_id(comment.id);
  proto->set_author(comment.author);
  proto->set_body(comment.body);
  if (comment.create_time != absl::InfinitePast()) {
    *proto->mutable_create_time() = ToProto(comment.create_time);
  }
  if (comment.update_time != absl::InfinitePast()) {
    *proto->mutable_update_time() = ToProto(comment.update_time);
  }
}

Ticket FromProto(const v1::Ticket& proto) {
  Ticket ticket;
  ticket.key = proto.key();
  ticket.project = proto.project();
  ticket.title = proto.title();
  ticket.description = proto.description();
  ticket.comments.reserve(static_cast<size_t>(proto.comments_size()));
  for (const v1::Comment& comment : proto.comments()) ticket.comments.push_back(FromProto(comment));
  ticket.status = proto.status();
  ticket.done = proto.done();
  ticket.flagged = proto.flagged();
  ticket.labels = ToVector(proto.labels());
  for (const v1::TicketLink& link : proto.links())
    ticket.links.push_back({link.type(), link.key()});
  ticket.assignee = proto.assignee();
  ticket.reporter = proto.reporter();
  ticket.priority = FromProto(proto.priority());
  if (proto.has_create_time()) ticket.create_time = FromProto(proto.create_time());
  if (proto.has_due_time()) ticket.due_time = FromProto(proto.due_time());
  ticket.url = proto.url();
  return ticket;
}

void ToProto(const Ticket& ticket, v1::Ticket* proto) {
  proto->set_key(ticket.key);
  proto->set_project(ticket.project);
  proto->set_title(ticket.title);
  proto->set_description(ticket.description);
  for (const Comment& comment : ticket.comments) ToProto(comment, proto->add_comments());
  proto->set_status(ticket.status);
  proto->set_done(ticket.done);
  proto->set_flagged(ticket.flagged);
  for (const std::string& label : ticket.labels) proto->add_labels(label);
  for (const TicketLink& link : ticket.links) {
    v1::TicketLink* added = proto->add_links();
    added->set_type(link.type);
    added->set_key(link.key);
  }
  proto->set_assignee(ticket.assignee);
  proto->set_reporter(ticket.reporter);
  proto->set_priority(ToProto(ticket.priority));
  if (ticket.create_time.has_value()) *proto->mutable_create_time() = ToProto(*ticket.create_time);
  if (ticket.due_time.has_value()) *proto->mutable_due_time() = ToProto(*ticket.due_time);
  proto->set_url(ticket.url);
}

std::optional<TicketField> TicketFieldOf(absl::string_view path) {
  const auto found = std::find(kFieldPaths.begin(), kFieldPaths.end(), path);
  if (path.empty() || found == kFieldPaths.end()) return std::nullopt;
  return static_cast<TicketField>(found - kFieldPaths.begin());
}

TicketEvent FromProto(const v1::TicketEvent& proto) {
  TicketEvent event;
  event.tenant = proto.tenant();
  event.source = proto.source();
  event.version = {FromProto(proto.event_time()), proto.sequence(), proto.event_id()};
  event.ticket = FromProto(proto.ticket());
  for (const std::string& path : proto.ticket_mask().paths()) {
    if (const std::optional<TicketField> field = TicketFieldOf(path)) {
      event.fields.set(static_cast<size_t>(*field));
    }
  }
  // A deletion says nothing about the ticket's fields unless it names some.
  if (proto.ticket_mask().paths().empty() && !proto.deleted()) event.fields.set();
  event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
  for (const v1::Comment& comment : proto.comment_upserts()) {
    event.comment_upserts.push_back(FromProto(comment));
  }
  event.deleted_comment_ids = ToVector(proto.deleted_comment_ids());
  event.deleted = proto.deleted();
  event.actor = proto.actor();
  return event;
}

void ToProto(const TicketEvent& event, v1::TicketEvent* proto) {
  proto->set_tenant(event.tenant);
  proto->set_source(event.source);
  proto->set_event_id(event.version.event_id);
  *proto->mutable_event_time() = ToProto(event.version.time);
  proto->set_sequence(event.version.sequence);
  ToProto(event.ticket, proto->mutable_ticket());
  TicketFieldSet unsaid;
  if (!event.deleted) unsaid.set().reset(static_cast<size_t>(TicketField::kDeleted));
  if (event.fields != unsaid) {
    // Names nothing, and makes the mask one that is not empty.
    proto->mutable_ticket_mask()->add_paths("key");
    for (size_t i = 0; i < kTicketFieldCount; ++i) {
      if (event.fields[i]) proto->mutable_ticket_mask()->add_paths(std::string(kFieldPaths[i]));
    }
  }
  for (const Comment& comment : event.comment_upserts) {
    ToProto(comment, proto->add_comment_upserts());
  }
  for (const std::string& id : event.deleted_comment_ids) proto->add_deleted_comment_ids(id);
  proto->set_deleted(event.deleted);
  proto->set_actor(event.actor);
}

Classification FromProto(const v1::Classification& proto) {
  Classification result;
  result.category = FromProto(proto.category());
  result.reason = FromProto(proto.reason());
  result.secondary = FromProto(proto.secondary());
  result.confidence = proto.confidence();
  result.waiting_on = proto.waiting_on();
  for (const v1::Evidence& span : proto.evidence()) {
    result.evidence.push_back({span.field(), span.begin(), span.end(), span.text(), span.weight(),
                               span.begin_code_point(), span.end_code_point()});
  }
  result.model_version = proto.model_version();
  result.language = proto.language();
  // Written before the field was.
  result.likeliest = FromProto(proto.likeliest_category() == v1::CATEGORY_UNSPECIFIED
                                   ? proto.category()
                                   : proto.likeliest_category());
  result.corrected_by = proto.corrected_by();
  return result;
}

void ToProto(const Classification& classification, v1::Classification* proto) {
  proto->set_category(ToProto(classification.category));
  proto->set_reason(ToProto(classification.reason));
  proto->set_secondary(ToProto(classification.secondary));
  proto->set_confidence(classification.confidence);
  proto->set_waiting_on(classification.waiting_on);
  for (const Evidence& span : classification.evidence) {
    v1::Evidence* added = proto->add_evidence();
    added->set_field(span.field);
    added->set_begin(span.begin);
    added->set_end(span.end);
    added->set_text(span.text);
    added->set_weight(span.weight);
    added->set_begin_code_point(span.begin_code_point);
    added->set_end_code_point(span.end_code_point);
  }
  proto->set_model_version(classification.model_version);
  proto->set_language(classification.language);
  proto->set_likeliest_category(ToProto(classification.likeliest));
  proto->set_corrected_by(classification.corrected_by);
}

void ToProto(const Blocker& blocker, v1::Blocker* proto) {
  proto->set_name(BlockerName(blocker.ticket.tenant, blocker.id));
  proto->set_source(blocker.ticket.source);
  proto->set_ticket(blocker.ticket.key);
  proto->set_project(blocker.project);
  proto->set_title(blocker.title);
  proto->set_url(blocker.url);
  proto->set_state(ToProto(blocker.state));
  proto->set_category(ToProto(blocker.category));
  proto->set_reason(ToProto(blocker.reason));
  proto->set_secondary(ToProto(blocker.secondary));
  proto->set_waiting_on(blocker.waiting_on);
  proto->set_confidence(blocker.confidence);
  proto->set_priority(ToProto(blocker.priority));
  proto->set_escalation_level(blocker.escalation_level);
  *proto->mutable_open_time() = ToProto(blocker.open_time);
  if (blocker.acknowledge_time.has_value()) {
    *proto->mutable_acknowledge_time() = ToProto(*blocker.acknowledge_time);
  }
  if (blocker.resolve_time.has_value()) {
    *proto->mutable_resolve_time() = ToProto(*blocker.resolve_time);
  }
  *proto->mutable_update_time() = ToProto(blocker.update_time);
  proto->set_reopen_count(blocker.reopen_count());
  proto->set_language(blocker.language);
  if (blocker.reopen_count() > 0) *proto->mutable_reopen_time() = ToProto(blocker.spell_time);
  if (blocker.next_escalation_time.has_value()) {
    *proto->mutable_next_escalation_time() = ToProto(*blocker.next_escalation_time);
  }
  if (const std::optional<absl::Time> end = blocker.snooze_end_time()) {
    *proto->mutable_snooze_end_time() = ToProto(*end);
  }
}

void ToProto(const BlockerChange& change, v1::BlockerChange* proto) {
  *proto->mutable_change_time() = ToProto(change.time);
  proto->set_actor(change.actor);
  proto->set_from_state(ToProto(change.from));
  proto->set_to_state(ToProto(change.to));
  proto->set_category(ToProto(change.category));
  proto->set_reason(ToProto(change.reason));
  proto->set_note(change.note);
}

void ToProto(const Escalation& escalation, v1::Escalation* proto) {
  const std::string& tenant = escalation.ticket.tenant;
  if (escalation.id != 0) proto->set_name(EscalationName(tenant, escalation.id));
  if (escalation.blocker_id != 0) proto->set_blocker(BlockerName(tenant, escalation.blocker_id));
  proto->set_ticket(escalation.ticket.key);
  proto->set_level(escalation.level);
  proto->set_target(escalation.target);
  proto->set_channel(escalation.channel);
  *proto->mutable_due_time() = ToProto(escalation.due_time);
  if (escalation.create_time.has_value()) {
    *proto->mutable_create_time() = ToProto(*escalation.create_time);
  }
  for (const std::string& step : escalation.steps) proto->add_steps(step);
  proto->set_draft_message(escalation.draft_message);
  proto->set_rationale(escalation.rationale);
  proto->set_language(escalation.language);
  proto->set_category(ToProto(escalation.category));
  proto->set_reason(ToProto(escalation.reason));
  proto->set_policy(escalation.policy);
  proto->set_recipient(escalation.recipient);
  proto->set_group(escalation.group);
  proto->set_urgency(escalation.urgency);
  proto->set_next_step(escalation.next_step);
  proto->set_fallback(escalation.fallback);
  proto->set_handle(escalation.handle);
  proto->set_draft_language(escalation.draft_language);
  for (const EscalationMember& member : escalation.members) {
    v1::EscalationMember* added = proto->add_members();
    added->set_blocker(BlockerName(tenant, member.blocker_id));
    added->set_source(member.ticket.source);
    added->set_ticket(member.ticket.key);
    added->set_title(member.title);
    added->set_level(member.level);
    *added->mutable_due_time() = ToProto(member.due_time);
  }
}

std::string BlockerName(absl::string_view tenant, int64_t id) {
  return absl::StrCat("tenants/", tenant, "/blockers/", id);
}

std::string EscalationName(absl::string_view tenant, int64_t id) {
  return absl::StrCat("tenants/", tenant, "/escalations/", id);
}

}  // namespace clearway
