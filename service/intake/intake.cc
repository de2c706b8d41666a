#include "service/intake/intake.h"

#include <utility>

#include "service/base/status_macros.h"
#include "service/domain/ticket_state.h"
#include "service/intake/standing.h"
#include "service/intake/without_erased.h"
#include "service/store/event_codec.h"

namespace clearway {
namespace {

bool Lasts(const std::optional<Blocker>& blocker) {
  return blocker.has_value() && blocker->state != BlockerState::kResolved;
}

std::optional<Classification> VerdictOf(const StoredTicket& ticket) {
  return EffectiveVerdict(ticket.classification, ticket.correction);
}

std::vector<Evidence> EvidenceOf(const std::optional<Classification>& verdict) {
  return verdict.has_value() ? verdict->evidence : std::vector<Evidence>();
}

}  // namespace

std::vector<Escalation> SuggestionsIn(const IngestOutcome& outcome) {
  std::vector<Escalation> suggestions = outcome.climbed.messages;
  if (!outcome.next_step.has_value() || !outcome.blocker.has_value()) return suggestions;
  const NextStep& next = *outcome.next_step;
  std::optional<Escalation> step =
      next.planner->PlanLevel(*outcome.blocker, next.ticket, outcome.blocker->escalation_level + 1,
                              EvidenceOf(outcome.classification), next.now, next.standing);
  if (step.has_value()) suggestions.push_back(*std::move(step));
  return suggestions;
}

std::optional<Forecast> Intake::Foresee(const TicketEvent& event) const {
  TicketFieldSet all;
  all.set();
  all.reset(static_cast<size_t>(TicketField::kDeleted));
  if (event.deleted || event.fields != all) return std::nullopt;
  TicketState state;
  Merge(event, &state);
  Ticket ticket = Snapshot(state);
  Classification classification = Classify(event.tenant, ticket);
  return Forecast{std::move(ticket), std::move(classification)};
}

Classification Intake::Classify(const std::string& tenant, const Ticket& ticket) const {
  return Reviewed(classifier_.Classify(ticket), review_.For(tenant));
}

absl::StatusOr<IngestOutcome> Intake::Apply(const TicketEvent& event,
                                            const std::optional<Forecast>& forecast,
                                            Transaction& tx, const std::string& packed) const {
  const TicketKey key = event.key();
  IngestOutcome outcome;
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(const bool fresh, tx.InsertEvent(key, event.version, now));
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(key));
  ASSIGN_OR_RETURN(std::optional<Blocker> blocker, tx.GetLatestBlocker(key));
  if (!ticket.has_value()) ticket.emplace();
  const LinkFacts before = LinkFactsOf(*ticket, blocker);
  std::optional<CleanedEvent> cleaned;
  if (fresh) {
    ASSIGN_OR_RETURN(cleaned, WithoutErased(event, ticket->state, tx));
    RETURN_IF_ERROR(cleaned.has_value() ? Keep(cleaned->event, /*packed=*/"", now, tx)
                                        : Keep(event, packed, now, tx));
  }
  if (cleaned.has_value()) {
    ticket->state.erased = true;
    ticket->state.body_erased = cleaned->body_erased;
  }
  if (!fresh || !Merge(cleaned.has_value() ? cleaned->event : event, &ticket->state)) {
    outcome.result = fresh ? IngestResult::kStale : IngestResult::kDuplicate;
    outcome.classification = VerdictOf(*ticket);
    if (Lasts(blocker)) outcome.blocker = std::move(blocker);
    return outcome;
  }
  outcome.result = IngestResult::kApplied;
  ticket->classification.reset();
  if (!ticket->state.deleted) {
    Ticket snapshot = Snapshot(ticket->state);
    const bool foreseen = forecast.has_value() && forecast->ticket == snapshot;
    ticket->classification = foreseen ? forecast->classification : Classify(event.tenant, snapshot);
    outcome.judged = std::move(snapshot);
  }
  if (ticket->correction.has_value() &&
      !(ticket->classification.has_value() &&
        Holds(*ticket->correction, ticket->state, *ticket->classification))) {
    ticket->correction.reset();
  }
  ticket->links_kept = true;
  RETURN_IF_ERROR(tx.PutTicket(key, *ticket));
  outcome.classification = VerdictOf(*ticket);
  ASSIGN_OR_RETURN(Followed followed, Follow(key, *ticket, before, std::move(blocker),
                                             event.version.time, /*note=*/"", tx));
  outcome.links_changed = followed.links_changed;
  outcome.blocker = std::move(followed.blocker);
  if (followed.next_step.has_value()) followed.next_step->ticket = std::move(ticket->state.ticket);
  outcome.next_step = std::move(followed.next_step);
  outcome.change = std::move(followed.change);
  outcome.unblocked_after = followed.unblocked_after;
  outcome.climbed = std::move(followed.climbed);
  return outcome;
}

absl::Status Intake::Keep(const TicketEvent& event, const std::string& packed, absl::Time received,
                          Transaction& tx) const {
  if (!keep_events_) return absl::OkStatus();
  RawEvent raw{event.key(), event.version.event_id, received, packed};
  if (packed.empty()) {
    ASSIGN_OR_RETURN(raw.packed, PackEvent(event));
  }
  return tx.InsertRawEvent(raw);
}

absl::StatusOr<Intake::Followed> Intake::Follow(const TicketKey& key, const StoredTicket& ticket,
                                                const LinkFacts& before,
                                                std::optional<Blocker> current, absl::Time at,
                                                const std::string& note, Transaction& tx) const {
  const std::optional<Classification> verdict = VerdictOf(ticket);
  const std::shared_ptr<const Planner> planner = planners_.Get();
  const Turn turn{*planner, pacing_, clock_.Now(), tx, daily_cost_};
  std::optional<Transition> transition =
      FollowVerdict(current, ticket.state, key, verdict, at, reopen_window_);
  Followed followed;
  if (transition.has_value()) {
    if (transition->change.has_value() && !note.empty()) transition->change->note = note;
    RETURN_IF_ERROR(MoveBlocker(*std::move(transition), turn, ticket.state.ticket, &followed));
  } else if (Lasts(current)) {
    // An old blocker that this has nothing to do with is not part of the answer.
    followed.blocker = std::move(current);
  }
  ASSIGN_OR_RETURN(followed.links_changed,
                   KeepLinks(key, before, LinkFactsOf(ticket, followed.blocker), tx));
  if (Lasts(followed.blocker)) {
    const std::vector<Evidence> evidence = EvidenceOf(verdict);
    std::optional<Standing> standing;
    const Climber climber{&*followed.blocker, &ticket.state.ticket, &evidence, &standing};
    RETURN_IF_ERROR(Climb(turn, {climber}, RetryAfter(turn.now), &followed.climbed));
    if (followed.blocker->next_escalation_time.has_value()) {
      ASSIGN_OR_RETURN(Standing known, StandingIn(turn, climber));
      followed.next_step = NextStep{planner, {}, std::move(known), turn.now};
    }
  }
  return followed;
}

absl::Status Intake::MoveBlocker(Transition transition, const Turn& turn, const Ticket& ticket,
                                 Followed* followed) {
  Blocker& blocker = transition.blocker;
  blocker.next_escalation_time = turn.planner.NextDue(blocker, ticket, turn.now);
  ASSIGN_OR_RETURN(blocker.id, turn.tx.PutBlocker(blocker));
  if (transition.change.has_value()) {
    RETURN_IF_ERROR(turn.tx.AppendChange(blocker.ticket.tenant, blocker.id, *transition.change));
  }
  if (blocker.resolve_time.has_value()) {
    followed->unblocked_after = *blocker.resolve_time - blocker.spell_time;
    ASSIGN_OR_RETURN(followed->climbed.settled, SettleSteps(blocker, turn.tx));
  }
  followed->change = std::move(transition.change);
  followed->blocker = std::move(blocker);
  return absl::OkStatus();
}

absl::StatusOr<Transition> Intake::SnoozeBlocker(const std::string& tenant, int64_t blocker_id,
                                                 const std::string& actor, const std::string& note,
                                                 absl::Time end, Transaction& tx) const {
  ASSIGN_OR_RETURN(const Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  ASSIGN_OR_RETURN(Transition snoozed, Snooze(blocker, actor, note, end, clock_.Now()));
  if (!snoozed.change.has_value()) return snoozed;
  RETURN_IF_ERROR(tx.PutBlocker(snoozed.blocker).status());
  RETURN_IF_ERROR(tx.AppendChange(tenant, blocker_id, *snoozed.change));
  return snoozed;
}

absl::StatusOr<Resolution> Intake::ResolveBlocker(const std::string& tenant, int64_t blocker_id,
                                                  const std::string& actor, const std::string& note,
                                                  Transaction& tx) const {
  ASSIGN_OR_RETURN(const Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
  ASSIGN_OR_RETURN(std::optional<Blocker> latest, tx.GetLatestBlocker(blocker.ticket));
  if (!ticket.has_value()) ticket.emplace();
  const LinkFacts before = LinkFactsOf(*ticket, latest);
  if (ticket->correction.has_value()) {
    // A person's correction that says otherwise gives way to the newer word.
    ticket->correction.reset();
    RETURN_IF_ERROR(tx.PutTicket(blocker.ticket, *ticket));
  }
  Resolution resolution;
  Transition& resolved = resolution.transition;
  resolved = ResolveByPerson(blocker, actor, note, TextFingerprint(ticket->state), clock_.Now());
  if (!resolved.change.has_value()) return resolution;
  RETURN_IF_ERROR(tx.PutBlocker(resolved.blocker).status());
  RETURN_IF_ERROR(tx.AppendChange(tenant, blocker_id, *resolved.change));
  ASSIGN_OR_RETURN(resolution.settled, SettleSteps(resolved.blocker, tx));
  if (latest.has_value() && latest->id == blocker_id) latest = resolved.blocker;
  ASSIGN_OR_RETURN(resolution.links_changed,
                   KeepLinks(blocker.ticket, before, LinkFactsOf(*ticket, latest), tx));
  return resolution;
}

absl::StatusOr<Climbed> Intake::TakeDueTogether(const std::string& tenant,
                                                const std::vector<int64_t>& blocker_ids,
                                                absl::Time retry, Transaction& tx) const {
  const std::shared_ptr<const Planner> planner = planners_.Get();
  const Turn turn{*planner, pacing_, clock_.Now(), tx, daily_cost_};
  struct Looked {
    Blocker blocker;
    Ticket ticket;
    std::vector<Evidence> evidence;
    std::optional<Standing> standing = std::nullopt;
  };
  std::vector<Looked> looked;
  looked.reserve(blocker_ids.size());
  for (const int64_t id : blocker_ids) {
    ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(tenant, id));
    if (blocker.state == BlockerState::kResolved) continue;
    const std::optional<absl::Time>& next = blocker.next_escalation_time;
    if (!next.has_value() || *next > turn.now) continue;
    ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
    if (!ticket.has_value()) ticket.emplace();
    std::vector<Evidence> evidence = EvidenceOf(VerdictOf(*ticket));
    looked.push_back({std::move(blocker), std::move(ticket->state.ticket), std::move(evidence)});
  }
  std::vector<Climber> climbers;
  climbers.reserve(looked.size());
  for (Looked& one : looked) {
    climbers.push_back({&one.blocker, &one.ticket, &one.evidence, &one.standing});
  }
  Climbed climbed;
  RETURN_IF_ERROR(Climb(turn, climbers, retry, &climbed));
  return climbed;
}

absl::Status Intake::Reschedule(const std::string& tenant, int64_t blocker_id,
                                Transaction& tx) const {
  ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  if (blocker.state == BlockerState::kResolved) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
  if (!ticket.has_value()) ticket.emplace();
  const absl::Time now = clock_.Now();
  // It is due; what is kept of it tells that it is held back.
  const bool looked_at_now =
      blocker.next_escalation_time.has_value() && *blocker.next_escalation_time <= now;
  if (looked_at_now && IsHeldBack(blocker, now)) return absl::OkStatus();
  const std::optional<absl::Time> next =
      planners_.Get()->NextDue(blocker, ticket->state.ticket, now);
  if (next == blocker.next_escalation_time) return absl::OkStatus();
  blocker.next_escalation_time = next;
  return tx.PutBlocker(blocker).status();
}

}  // namespace clearway
