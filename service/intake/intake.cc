#include "service/intake/intake.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/domain/ticket_state.h"

namespace clearway {
namespace {

bool Lasts(const std::optional<Blocker>& blocker) {
  return blocker.has_value() && blocker->state != BlockerState::kResolved;
}

std::vector<Evidence> EvidenceOf(const std::optional<StoredTicket>& ticket) {
  const bool judged = ticket.has_value() && ticket->classification.has_value();
  return judged ? ticket->classification->evidence : std::vector<Evidence>();
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
    outcome.classification = std::move(ticket->classification);
    if (Lasts(blocker)) outcome.blocker = std::move(blocker);
    return outcome;
  }
  outcome.result = IngestResult::kApplied;
  ticket->classification.reset();
  if (!ticket->state.deleted) {
    const Ticket snapshot = Snapshot(ticket->state);
    const bool foreseen = forecast.has_value() && forecast->ticket == snapshot;
    ticket->classification = foreseen ? forecast->classification : Classify(event.tenant, snapshot);
  }
  RETURN_IF_ERROR(tx.PutTicket(key, *ticket));
  outcome.classification = ticket->classification;
  RETURN_IF_ERROR(MoveBlocker(event, *ticket, std::move(blocker), tx, &outcome));
  if (Lasts(outcome.blocker)) {
    const std::vector<Evidence> evidence = EvidenceOf(ticket);
    RETURN_IF_ERROR(Climb(evidence, tx, &*outcome.blocker, &outcome.escalations));
    AddNextStep(evidence, &outcome);
  }
  return outcome;
}

absl::Status Intake::MoveBlocker(const TicketEvent& event, const StoredTicket& ticket,
                                 std::optional<Blocker> current, Transaction& tx,
                                 IngestOutcome* outcome) const {
  std::optional<Transition> transition =
      FollowVerdict(current, ticket.state, event.key(), ticket.classification, event.version.time,
                    reopen_window_);
  if (!transition.has_value()) {
    // An old blocker that this event has nothing to do with is not part of the answer.
    if (Lasts(current)) outcome->blocker = std::move(current);
    return absl::OkStatus();
  }
  Blocker& blocker = transition->blocker;
  blocker.next_escalation_time = planner_.NextDue(blocker);
  ASSIGN_OR_RETURN(blocker.id, tx.PutBlocker(blocker));
  if (transition->change.has_value()) {
    RETURN_IF_ERROR(tx.AppendChange(event.tenant, blocker.id, *transition->change));
  }
  if (blocker.resolve_time.has_value()) {
    outcome->unblocked_after = *blocker.resolve_time - blocker.spell_time;
  }
  outcome->change = std::move(transition->change);
  outcome->blocker = std::move(blocker);
  return absl::OkStatus();
}

void Intake::AddNextStep(const std::vector<Evidence>& evidence, IngestOutcome* outcome) const {
  const Blocker& blocker = *outcome->blocker;
  if (!blocker.next_escalation_time.has_value()) return;
  std::optional<Escalation> step =
      planner_.PlanLevel(blocker, blocker.escalation_level + 1, evidence, clock_.Now());
  if (step.has_value()) outcome->escalations.push_back(*std::move(step));
}

absl::StatusOr<std::vector<Escalation>> Intake::TakeDueSteps(const std::string& tenant,
                                                             int64_t blocker_id,
                                                             Transaction& tx) const {
  ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
  std::vector<Escalation> taken;
  RETURN_IF_ERROR(Climb(EvidenceOf(ticket), tx, &blocker, &taken));
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
