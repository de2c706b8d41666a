#include "service/store/rows.h"

#include "service/domain/taxonomy.h"
#include "service/store/codec.h"
#include "service/store/packed.h"

namespace clearway {
namespace {

Category ReadCategory(SqlRow& row) { return row.EnumBelow<Category>(kCategoryCount); }
Reason ReadReason(SqlRow& row) { return row.EnumBelow<Reason>(kReasonCount); }
BlockerState ReadState(SqlRow& row) { return row.EnumBelow<BlockerState>(kBlockerStateCount); }

TicketKey ReadKey(SqlRow& row) {
  TicketKey key;
  key.tenant = row.Text();
  key.source = row.Text();
  key.key = row.Text();
  return key;
}

// Whether a spell touches [from, to), its first and last instant included.
bool Touches(absl::Time begin, absl::Time end, absl::Time from, absl::Time to) {
  return begin < to && end >= from;
}

}  // namespace

absl::StatusOr<Blocker> ReadBlocker(const SqlColumns& columns) {
  SqlRow row(columns);
  Blocker blocker;
  blocker.id = row.Int64();
  blocker.ticket = ReadKey(row);
  blocker.project = row.Text();
  blocker.title = row.Text();
  blocker.url = row.Text();
  blocker.state = ReadState(row);
  blocker.category = ReadCategory(row);
  blocker.reason = ReadReason(row);
  blocker.secondary = ReadCategory(row);
  blocker.waiting_on = row.Text();
  blocker.confidence = row.Double();
  blocker.priority = row.EnumBelow<Priority>(kPriorityCount);
  blocker.escalation_level = row.Int();
  blocker.open_time = row.Time();
  blocker.spell_time = row.Time();
  ASSIGN_OR_RETURN(blocker.past_spells, UnpackSpells(row.View()));
  blocker.acknowledge_time = row.OptionalTime();
  blocker.resolve_time = row.OptionalTime();
  blocker.update_time = row.Time();
  blocker.language = row.Text();
  blocker.next_escalation_time = row.OptionalTime();
  if (const std::optional<int64_t> text = row.OptionalInt64()) {
    blocker.resolved_text = static_cast<uint64_t>(*text);
  }
  ASSIGN_OR_RETURN(blocker.snoozes, UnpackSpells(row.View()));
  RETURN_IF_ERROR(row.status());
  return blocker;
}

absl::StatusOr<ReportedBlocker> ReadReportedBlocker(const SqlColumns& columns) {
  SqlRow row(columns);
  ReportedBlocker blocker;
  blocker.id = row.Int64();
  blocker.project = row.View();
  blocker.category = ReadCategory(row);
  blocker.reason = ReadReason(row);
  ASSIGN_OR_RETURN(blocker.past_spells, UnpackSpells(row.View()));
  blocker.spell_time = row.Time();
  blocker.resolve_time = row.OptionalTime();
  RETURN_IF_ERROR(row.status());
  return blocker;
}

absl::StatusOr<BlockerChange> ReadChange(const SqlColumns& columns) {
  SqlRow row(columns);
  BlockerChange change;
  change.time = row.Time();
  change.actor = row.Text();
  change.from = ReadState(row);
  change.to = ReadState(row);
  change.category = ReadCategory(row);
  change.reason = ReadReason(row);
  change.note = row.Text();
  RETURN_IF_ERROR(row.status());
  return change;
}

absl::StatusOr<Escalation> ReadEscalation(const SqlColumns& columns) {
  SqlRow row(columns);
  Escalation escalation;
  escalation.id = row.Int64();
  escalation.ticket.tenant = row.Text();
  escalation.blocker_id = row.Int64();
  escalation.ticket.source = row.Text();
  escalation.ticket.key = row.Text();
  escalation.level = row.Int();
  escalation.target = row.Text();
  escalation.channel = row.Text();
  escalation.due_time = row.Time();
  escalation.create_time = row.OptionalTime();
  ASSIGN_OR_RETURN(escalation.steps, UnpackTexts(row.View()));
  escalation.draft_message = row.Text();
  escalation.rationale = row.Text();
  escalation.language = row.Text();
  escalation.category = ReadCategory(row);
  escalation.reason = ReadReason(row);
  escalation.policy = row.Text();
  escalation.recipient = row.Text();
  escalation.group = row.Text();
  escalation.urgency = row.Double();
  escalation.next_step = row.Text();
  escalation.fallback = row.Text();
  escalation.handle = row.Text();
  escalation.draft_language = row.Text();
  ASSIGN_OR_RETURN(escalation.members, UnpackMembers(row.View(), escalation.ticket.tenant));
  RETURN_IF_ERROR(row.status());
  return escalation;
}

absl::StatusOr<TakenStep> ReadStep(const SqlColumns& columns) {
  SqlRow row(columns);
  TakenStep step;
  step.tenant = row.Text();
  step.blocker_id = row.Int64();
  step.opening = row.Int();
  step.level = row.Int();
  step.escalation_id = row.Int64();
  step.project = row.Text();
  step.category = ReadCategory(row);
  step.reason = ReadReason(row);
  step.channel = row.Text();
  step.time = row.Time();
  step.words = static_cast<uint64_t>(row.Int64());
  step.outcome = row.EnumBelow<StepOutcome>(kStepOutcomeCount);
  step.outcome_time = row.OptionalTime();
  RETURN_IF_ERROR(row.status());
  return step;
}

absl::StatusOr<int64_t> ReadCount(const SqlColumns& columns) { return columns.Int64(0); }

absl::StatusOr<RecentMessage> ReadRecentMessage(const SqlColumns& columns) {
  SqlRow row(columns);
  RecentMessage message;
  message.time = row.Time();
  message.group = row.Text();
  RETURN_IF_ERROR(row.status());
  return message;
}

absl::StatusOr<Feedback> ReadFeedback(const SqlColumns& columns) {
  SqlRow row(columns);
  Feedback feedback;
  feedback.id = row.Int64();
  feedback.ticket = ReadKey(row);
  feedback.blocker_id = row.OptionalInt64().value_or(0);
  feedback.time = row.Time();
  feedback.verdict_category = ReadCategory(row);
  feedback.verdict_reason = ReadReason(row);
  feedback.judgement.actor = row.Text();
  feedback.judgement.category = ReadCategory(row);
  feedback.judgement.reason = ReadReason(row);
  feedback.judgement.secondary = ReadCategory(row);
  feedback.judgement.waiting_on = row.Text();
  feedback.note = row.Text();
  feedback.language = row.Text();
  if (const std::optional<absl::string_view> snapshot = row.OptionalView()) {
    ASSIGN_OR_RETURN(feedback.snapshot, DecodeSnapshot(*snapshot));
  }
  RETURN_IF_ERROR(row.status());
  return feedback;
}

absl::StatusOr<OpenBlockerCount> ReadOpenCount(const SqlColumns& columns) {
  SqlRow row(columns);
  OpenBlockerCount count;
  count.category = ReadCategory(row);
  count.reason = ReadReason(row);
  count.project = row.Text();
  count.count = row.Int64();
  RETURN_IF_ERROR(row.status());
  return count;
}

absl::StatusOr<RawEvent> ReadRawEvent(const SqlColumns& columns) {
  SqlRow row(columns);
  RawEvent event;
  event.ticket = ReadKey(row);
  event.event_id = row.Text();
  event.receive_time = row.Time();
  event.packed = row.Text();
  return event;
}

absl::StatusOr<Erasure> ReadErasure(const SqlColumns& columns) {
  SqlRow row(columns);
  Erasure erasure;
  erasure.id = row.Int64();
  erasure.tenant = row.Text();
  erasure.kind = row.EnumBelow<ErasureKind>(kErasureKindCount);
  erasure.subject = row.Text();
  erasure.time = row.Time();
  erasure.actor = row.Text();
  erasure.reason = row.Text();
  erasure.rows = row.Int64();
  erasure.done = row.Int64() != 0;
  RETURN_IF_ERROR(row.status());
  return erasure;
}

absl::StatusOr<TicketKey> ReadTicketKey(const SqlColumns& columns) {
  SqlRow row(columns);
  return ReadKey(row);
}

absl::StatusOr<StoredTicket> ReadTicket(const SqlColumns& columns) {
  return DecodeTicket(columns.View(0));
}

bool LastedWithin(const ReportedBlocker& blocker, absl::Time from, absl::Time to) {
  if (Touches(blocker.spell_time, blocker.resolve_time.value_or(absl::InfiniteFuture()), from,
              to)) {
    return true;
  }
  for (const BlockedSpell& spell : blocker.past_spells) {
    if (Touches(spell.begin, spell.end, from, to)) return true;
  }
  return false;
}

}  // namespace clearway
