#include "service/domain/erasure.h"

#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "openssl/sha.h"

namespace clearway {
namespace {

bool Clear(std::string* text) {
  const bool any = !text->empty();
  text->clear();
  return any;
}

bool Rename(std::string* actor) {
  if (*actor == kErasedActor) return false;
  *actor = kErasedActor;
  return true;
}

// Written by the program, not by a person.
bool IsOurs(const BlockerChange& change) {
  return change.actor == "classifier" || change.actor == "policy" || change.actor == "replay";
}

bool StandsIn(absl::string_view words, const Ticket& ticket) {
  if (absl::StrContains(ticket.title, words) || absl::StrContains(ticket.description, words)) {
    return true;
  }
  return std::any_of(ticket.comments.begin(), ticket.comments.end(), [&](const Comment& comment) {
    return absl::StrContains(comment.body, words);
  });
}

}  // namespace

std::string TicketSubject(const TicketKey& key) { return absl::StrCat(key.source, "/", key.key); }

std::string AuthorSubject(absl::string_view tenant, absl::string_view author) {
  const std::string text = absl::StrCat("clearway author\n", tenant, "\n", author);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::vector<std::string> SubjectsOf(const TicketEvent& event) {
  std::vector<std::string> authors = {event.ticket.reporter, event.ticket.assignee, event.actor};
  for (const Comment& comment : event.ticket.comments) authors.push_back(comment.author);
  for (const Comment& comment : event.comment_upserts) authors.push_back(comment.author);
  std::sort(authors.begin(), authors.end());
  authors.erase(std::unique(authors.begin(), authors.end()), authors.end());
  std::vector<std::string> subjects = {TicketSubject(event.key())};
  for (const std::string& author : authors) {
    if (!author.empty()) subjects.push_back(AuthorSubject(event.tenant, author));
  }
  return subjects;
}

bool EraseBody(Ticket* ticket) {
  const bool title = Clear(&ticket->title);
  return Clear(&ticket->description) || title;
}

TextEraser::TextEraser(const Erasure& erasure, absl::Time until)
    : tenant_(erasure.tenant),
      subject_(erasure.subject),
      whole_(erasure.kind == ErasureKind::kTicket),
      until_(until) {}

bool TextEraser::Is(const std::string& author) const {
  if (whole_ || author.empty()) return false;
  const auto [entry, is_new] = known_.try_emplace(author, false);
  if (is_new) entry->second = AuthorSubject(tenant_, author) == subject_;
  return entry->second;
}

bool TextEraser::TakesBody(const Ticket& ticket) const {
  if (whole_) return true;
  return Is(ticket.reporter) && Old(ticket.create_time.value_or(absl::InfinitePast()));
}

bool TextEraser::IsOld(const Comment& comment) const {
  return (whole_ || Is(comment.author)) && Old(comment.create_time);
}

bool TextEraser::EraseComments(std::vector<Comment>* comments) const {
  bool any = false;
  for (Comment& comment : *comments) {
    if (!IsOld(comment)) continue;
    any |= Clear(&comment.body);
    any |= Clear(&comment.author);
  }
  return any;
}

// Title and description are only seen as a whole, so they stay away for good; who is named, and how
// it is labelled, counts as of the time it was said.
bool TextEraser::EraseFields(bool body, bool old, Ticket* ticket) const {
  bool any = false;
  if (body) {
    any |= EraseBody(ticket);
    if (whole_ || Is(ticket->reporter)) any |= Clear(&ticket->reporter);
  }
  if (!old) return any;
  if (whole_ || Is(ticket->assignee)) any |= Clear(&ticket->assignee);
  if (!whole_) return any;
  any |= Clear(&ticket->url) || !ticket->labels.empty();
  ticket->labels.clear();
  return any;
}

bool TextEraser::Erase(bool body, TicketEvent* event) const {
  const bool old = Old(event->version.time);
  bool any = EraseFields(body || TakesBody(event->ticket), old, &event->ticket);
  any |= EraseComments(&event->ticket.comments);
  any |= EraseComments(&event->comment_upserts);
  if (old && (whole_ || Is(event->actor))) any |= Clear(&event->actor);
  return any;
}

bool TextEraser::Erase(bool body, TicketState* state) const {
  const bool takes_body = body || TakesBody(state->ticket);
  bool any = EraseFields(takes_body, /*old=*/true, &state->ticket);
  for (VersionedComment& held : state->comments) {
    if (!IsOld(held.comment)) continue;
    any |= Clear(&held.comment.body);
    any |= Clear(&held.comment.author);
  }
  if (takes_body && !state->body_erased) {
    state->body_erased = true;
    any = true;
  }
  if (any) state->erased = true;
  return any;
}

bool TextEraser::IsIn(const Ticket& ticket) const {
  Ticket copy = ticket;
  bool any = EraseFields(TakesBody(copy), /*old=*/true, &copy);
  any |= EraseComments(&copy.comments);
  return any;
}

bool TextEraser::EraseQuotes(const Ticket& left, Classification* verdict) {
  bool any = std::erase_if(verdict->evidence,
                           [&](const Evidence& span) { return !StandsIn(span.text, left); }) > 0;
  if (!StandsIn(verdict->waiting_on, left)) any |= Clear(&verdict->waiting_on);
  return any;
}

bool TextEraser::Erase(Correction* correction) const {
  std::string no_note;
  return Erase(&correction->judgement, &no_note);
}

bool TextEraser::Erase(bool quoted, const Ticket& left, Blocker* blocker) const {
  bool any = false;
  if (whole_) any |= Clear(&blocker->url);
  if (!quoted) return any;
  if (blocker->title != left.title && !blocker->title.empty()) any |= Clear(&blocker->title);
  if (!StandsIn(blocker->waiting_on, left)) any |= Clear(&blocker->waiting_on);
  return any;
}

bool TextEraser::Erase(BlockerChange* change) const {
  if (IsOurs(*change)) return false;
  if (whole_) return Clear(&change->note);
  if (!Is(change->actor)) return false;
  Clear(&change->note);
  return Rename(&change->actor);
}

bool TextEraser::EraseQuotes(Escalation* escalation) {
  bool any = Clear(&escalation->target);
  any |= Clear(&escalation->draft_message);
  any |= Clear(&escalation->rationale);
  any |= Clear(&escalation->recipient);
  any |= Clear(&escalation->group);
  any |= Clear(&escalation->next_step);
  any |= Clear(&escalation->fallback);
  any |= Clear(&escalation->handle);
  for (EscalationMember& member : escalation->members) any |= Clear(&member.title);
  any |= !escalation->steps.empty();
  escalation->steps.clear();
  return any;
}

void ForgetMember(int64_t blocker_id, Escalation* escalation) {
  std::vector<EscalationMember>& members = escalation->members;
  std::erase_if(members, [blocker_id](const EscalationMember& member) {
    return member.blocker_id == blocker_id;
  });
  // Of its own blocker alone: none are named then.
  if (members.size() == 1) members.clear();
  escalation->draft_message.clear();
}

bool TextEraser::Erase(Judgement* judgement, std::string* note) const {
  if (!whole_ && !Is(judgement->actor)) return false;
  bool any = Clear(note);
  any |= Clear(&judgement->waiting_on);
  if (!whole_) any |= Rename(&judgement->actor);
  return any;
}

}  // namespace clearway
