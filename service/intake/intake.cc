#include "service/intake/intake.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/domain/ticket_state.h"

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
                                            Transaction& tx) const {
  const TicketKey key = event.key();
  IngestOutcome outcome;
  ASSIGN_OR_RETURN(const bool fresh, tx.InsertEvent(key, event.version, clock_.Now()));
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(key));
  ASSIGN_OR_RETURN(std::optional<Blocker> blocker, tx.GetLatestBlocker(key));
  if (!ticket.has_value()) ticket.emplace();
  if (!fresh || !Merge(event, &ticket->state)) {
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
  RETURN_IF_ERROR(tx.PutTicket(key, *ticket));
  outcome.classification = VerdictOf(*ticket);
  ASSIGN_OR_RETURN(Followed followed,
                   Follow(key, *ticket, std::move(blocker), event.version.time, /*note=*/"", tx));
  outcome.blocker = std::move(followed.blocker);
  outcome.escalations = std::move(followed.escalations);
  outcome.change = std::move(followed.change);
  outcome.unblocked_after = followed.unblocked_after;
  return outcome;
}

absl::StatusOr<Intake::Followed> Intake::Follow(const TicketKey& key, const StoredTicket& ticket,
                                                std::optional<Blocker> current, absl::Time at,
                                                const std::string& note, Transaction& tx) const {
  const std::optional<Classification> verdict = VerdictOf(ticket);
  std::optional<Transition> transition =
      FollowVerdict(current, ticket.state, key, verdict, at, reopen_window_);
  Followed followed;
  if (transition.has_value()) {
    if (transition->change.has_value() && !note.empty()) transition->change->note = note;
    RETURN_IF_ERROR(MoveBlocker(*std::move(transition), tx, &followed));
  } else if (Lasts(current)) {
    // An old blocker that this has nothing to do with is not part of the answer.
    followed.blocker = std::move(current);
  }
  if (Lasts(followed.blocker)) {
    const std::vector<Evidence> evidence = EvidenceOf(verdict);
    RETURN_IF_ERROR(Climb(evidence, tx, &*followed.blocker, &followed.escalations));
    AddNextStep(evidence, &followed);
  }
  return followed;
}

absl::Status Intake::MoveBlocker(Transition transition, Transaction& tx, Followed* followed) const {
  Blocker& blocker = transition.blocker;
  blocker.next_escalation_time = planner_.NextDue(blocker);
  ASSIGN_OR_RETURN(blocker.id, tx.PutBlocker(blocker));
  if (transition.change.has_value()) {
    RETURN_IF_ERROR(tx.AppendChange(blocker.ticket.tenant, blocker.id, *transition.change));
  }
  if (blocker.resolve_time.has_value()) {
    followed->unblocked_after = *blocker.resolve_time - blocker.spell_time;
  }
  followed->change = std::move(transition.change);
  followed->blocker = std::move(blocker);
  return absl::OkStatus();
}

void Intake::AddNextStep(const std::vector<Evidence>& evidence, Followed* followed) const {
  const Blocker& blocker = *followed->blocker;
  if (!blocker.next_escalation_time.has_value()) return;
  std::optional<Escalation> step =
      planner_.PlanLevel(blocker, blocker.escalation_level + 1, evidence, clock_.Now());
  if (step.has_value()) followed->escalations.push_back(*std::move(step));
}

absl::StatusOr<std::vector<Escalation>> Intake::TakeDueSteps(const std::string& tenant,
                                                             int64_t blocker_id,
                                                             Transaction& tx) const {
  ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
  std::vector<Escalation> taken;
  const std::vector<Evidence> evidence =
      ticket.has_value() ? EvidenceOf(VerdictOf(*ticket)) : std::vector<Evidence>();
  RETURN_IF_ERROR(Climb(evidence, tx, &blocker, &taken));
  return taken;
}

absl::Status Intake::Climb(const std::vector<Evidence>& evidence, Transaction& tx, Blocker* blocker,
                           std::vector<Escalation>* taken) const {
  const absl::Time now = clock_.Now();
  const std::optional<absl::Time> next = planner_.NextDue(*blocker);
  std::optional<Escalation> step;
  // Of the steps that fell due together, after an outage or for a ticket that was stuck long before
  // it was first seen, only the highest is taken: one message, not one for each rung.
  if (const std::optional<int> level = planner_.DueLevel(*blocker, now)) {
    step = planner_.PlanLevel(*blocker, *level, evidence, now);
  }
  if (!step.has_value()) {
    // A policy that changed may have moved the time without a step falling due. A time in the past
    // is never kept, or the sweeper would come back to it for ever.
    const std::optional<absl::Time> kept = next.has_value() && *next > now ? next : std::nullopt;
    if (kept == blocker->next_escalation_time) return absl::OkStatus();
    blocker->next_escalation_time = kept;
    return tx.PutBlocker(*blocker).status();
  }
  Transition climbed = Escalate(*blocker, step->level,
                                absl::StrCat("step ", step->level, " of ", step->policy), now);
  *blocker = std::move(climbed.blocker);
  blocker->next_escalation_time = planner_.NextDue(*blocker);
  RETURN_IF_ERROR(tx.PutBlocker(*blocker).status());
  RETURN_IF_ERROR(tx.AppendChange(blocker->ticket.tenant, blocker->id, *climbed.change));
  step->create_time = now;
  ASSIGN_OR_RETURN(step->id, tx.InsertEscalation(*step));
  taken->push_back(*std::move(step));
  return absl::OkStatus();
}

}  // namespace clearway
