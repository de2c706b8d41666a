#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"

#include "service/base/status_macros.h"
#include "service/store/codec.h"
#include "service/store/packed.h"
#include "service/store/sql_columns.h"
#include "service/store/store.h"

namespace clearway {

// Each binds the parameters of the statement of its name in queries.h. A `Statement` takes values
// by Bind(…), in order.

inline std::optional<int64_t> SignedOrNull(const std::optional<uint64_t>& value) {
  if (!value.has_value()) return std::nullopt;
  return static_cast<int64_t>(*value);
}

template <typename Statement>
void BindInsertEvent(const TicketKey& ticket, const Version& version, absl::Time received,
                     Statement& insert) {
  insert.Bind(ticket.tenant, ticket.source, version.event_id, ticket.key, version.time,
              version.sequence, received);
}

template <typename Statement>
void BindInsertRawEvent(const RawEvent& e, Statement& insert) {
  insert.Bind(e.ticket.tenant, e.ticket.source, e.ticket.key, e.event_id, e.receive_time,
              SqlBlob{e.packed});
}

template <typename Statement>
void BindInsertErasure(const Erasure& e, std::optional<int64_t> id, Statement& insert) {
  insert.Bind(e.tenant, e.kind, e.subject, e.time, e.actor, e.reason, e.rows, e.done ? 1 : 0, id);
}

// `id` nullopt: the back end gives one.
template <typename Statement>
void BindInsertBlocker(const Blocker& b, std::optional<int64_t> id, Statement& insert) {
  insert.Bind(b.ticket.tenant, b.ticket.source, b.ticket.key, b.project, b.title, b.url, b.state,
              b.category, b.reason, b.secondary, b.waiting_on, b.confidence, b.priority,
              b.escalation_level, b.open_time, b.spell_time, PackSpells(b.past_spells),
              b.acknowledge_time, b.resolve_time, b.update_time, b.language, b.next_escalation_time,
              SignedOrNull(b.resolved_text), PackSpells(b.snoozes), id);
}

template <typename Statement>
void BindUpdateBlocker(const Blocker& b, Statement& update) {
  update.Bind(b.project, b.title, b.url, b.state, b.category, b.reason, b.secondary, b.waiting_on,
              b.confidence, b.priority, b.escalation_level, b.open_time, b.spell_time,
              PackSpells(b.past_spells), b.acknowledge_time, b.resolve_time, b.update_time,
              b.language, b.next_escalation_time, SignedOrNull(b.resolved_text),
              PackSpells(b.snoozes), b.id, b.ticket.tenant, b.ticket.source, b.ticket.key);
}

template <typename Statement>
void BindInsertChange(const std::string& tenant, int64_t blocker_id, const BlockerChange& change,
                      Statement& insert) {
  insert.Bind(tenant, blocker_id, change.time, change.actor, change.from, change.to,
              change.category, change.reason, change.note);
}

template <typename Statement>
void BindInsertEscalation(const Escalation& e, std::optional<int64_t> id, Statement& insert) {
  insert.Bind(e.ticket.tenant, e.blocker_id, e.ticket.source, e.ticket.key, e.level, e.target,
              e.channel, e.due_time, e.create_time, PackTexts(e.steps), e.draft_message,
              e.rationale, e.language, e.category, e.reason, e.policy, e.recipient, e.group,
              e.urgency, e.next_step, e.fallback, e.handle, e.draft_language,
              PackMembers(e.members), id);
}

template <typename Statement>
void BindUpdateEscalationTexts(const Escalation& e, Statement& update) {
  update.Bind(e.target, PackTexts(e.steps), e.draft_message, e.rationale, e.recipient, e.group,
              e.next_step, e.fallback, e.handle, PackMembers(e.members), e.ticket.tenant, e.id);
}

template <typename Statement>
void BindInsertStep(const TakenStep& s, Statement& insert) {
  insert.Bind(s.tenant, s.blocker_id, s.opening, s.level, s.escalation_id, s.project, s.category,
              s.reason, s.channel, s.time, static_cast<int64_t>(s.words), s.outcome,
              s.outcome_time);
}

template <typename Statement>
void BindUpdateStepOutcome(const TakenStep& s, Statement& update) {
  update.Bind(s.outcome, s.outcome_time, s.tenant, s.blocker_id, s.opening, s.level);
}

// `snapshot` is what EncodeSnapshot made of the feedback's, and must outlive the statement.
template <typename Statement>
void BindInsertFeedback(const Feedback& f, const std::optional<std::string>& snapshot,
                        Statement& insert) {
  const Judgement& j = f.judgement;
  const std::optional<int64_t> blocker =
      f.blocker_id == 0 ? std::nullopt : std::optional<int64_t>(f.blocker_id);
  const std::optional<SqlBlob> bytes =
      snapshot.has_value() ? std::optional<SqlBlob>(SqlBlob{*snapshot}) : std::nullopt;
  insert.Bind(f.ticket.tenant, f.ticket.source, f.ticket.key, blocker, f.time, f.verdict_category,
              f.verdict_reason, j.actor, j.category, j.reason, j.secondary, j.waiting_on, f.note,
              f.language, bytes);
}

// What to bind as a feedback's snapshot.
inline absl::StatusOr<std::optional<std::string>> EncodedSnapshot(const Feedback& feedback) {
  if (!feedback.snapshot.has_value()) return std::optional<std::string>();
  ASSIGN_OR_RETURN(std::string bytes, EncodeSnapshot(*feedback.snapshot));
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace clearway
