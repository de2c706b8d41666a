#include "service/intake/intake.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/domain/ticket_state.h"

namespace clearway {

absl::StatusOr<IngestOutcome> Intake::Apply(const TicketEvent& event, Transaction& tx) const {
  const TicketKey key = event.key();
  const absl::Time now = clock_.Now();
  IngestOutcome outcome;
  ASSIGN_OR_RETURN(const bool fresh, tx.InsertEvent(key, event.version, now));
  ASSIGN_OR_RETURN(std::optional<StoredTicket> held, tx.GetTicket(key));
  ASSIGN_OR_RETURN(outcome.blocker, tx.GetLatestBlocker(key));
  StoredTicket ticket = held.has_value() ? std::move(*held) : StoredTicket{};
  const bool changed = fresh && Merge(event, &ticket.state).changed;
  if (!changed) {
    outcome.result = fresh ? IngestResult::kStale : IngestResult::kDuplicate;
    outcome.classification = std::move(ticket.classification);
    return outcome;
  }

  outcome.result = IngestResult::kApplied;
  const Ticket snapshot = Snapshot(ticket.state);
  ticket.classification.reset();
  if (!ticket.state.deleted) ticket.classification = classifier_.Classify(snapshot);
  RETURN_IF_ERROR(tx.PutTicket(key, ticket));
  outcome.classification = ticket.classification;

  std::optional<Transition> transition =
      FollowVerdict(outcome.blocker, ticket.state, key, ticket.classification,
                    NewestTime(ticket.state), reopen_window_);
  const bool lasting =
      transition.has_value() ? transition->blocker.state != BlockerState::kResolved
                             : outcome.blocker.has_value() &&
                                   outcome.blocker->state != BlockerState::kResolved;
  if (transition.has_value()) {
    Blocker& blocker = transition->blocker;
    blocker.next_escalation_time = planner_.NextDue(blocker);
    ASSIGN_OR_RETURN(blocker.id, tx.PutBlocker(blocker));
    if (transition->change.has_value()) {
      RETURN_IF_ERROR(tx.AppendChange(key.tenant, blocker.id, *transition->change));
    }
    outcome.change = transition->change;
    if (blocker.resolve_time.has_value()) {
      outcome.unblocked_after = *blocker.resolve_time - blocker.open_time;
    }
    outcome.blocker = std::move(blocker);
  }
  if (!lasting) {
    // An old blocker that this event has nothing to do with is not part of the answer.
    if (!transition.has_value()) outcome.blocker.reset();
    return outcome;
  }
  const std::vector<Evidence> evidence =
      ticket.classification.has_value() ? ticket.classification->evidence : std::vector<Evidence>();
  ASSIGN_OR_RETURN(outcome.escalations, TakeDueSteps(&*outcome.blocker, evidence, tx));
  for (Escalation& step : planner_.Plan(*outcome.blocker, evidence, now)) {
    if (step.level > outcome.blocker->escalation_level) {
      outcome.escalations.push_back(std::move(step));
      break;
    }
  }
  return outcome;
}

absl::StatusOr<std::vector<Escalation>> Intake::TakeDueSteps(const std::string& tenant,
                                                             int64_t blocker_id,
                                                             Transaction& tx) const {
  ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
  std::vector<Evidence> evidence;
  if (ticket.has_value() && ticket->classification.has_value()) {
    evidence = ticket->classification->evidence;
  }
  return TakeDueSteps(&blocker, evidence, tx);
}

absl::StatusOr<std::vector<Escalation>> Intake::TakeDueSteps(Blocker* blocker,
                                                             const std::vector<Evidence>& evidence,
                                                             Transaction& tx) const {
  std::vector<Escalation> taken;
  const absl::Time now = clock_.Now();
  const std::optional<absl::Time> next = planner_.NextDue(*blocker);
  if (!next.has_value() || *next > now) {
    // A policy that changed may have moved the time without a step falling due.
    if (next != blocker->next_escalation_time) {
      blocker->next_escalation_time = next;
      RETURN_IF_ERROR(tx.PutBlocker(*blocker).status());
    }
    return taken;
  }
  // Of the steps that fell due together, after an outage or for a ticket that was stuck long before it
  // was first seen, only the highest is taken: one message, not one for each rung.
  std::optional<Escalation> step;
  for (Escalation& candidate : planner_.Plan(*blocker, evidence, now)) {
    if (candidate.level > blocker->escalation_level && candidate.due_time <= now) {
      step = std::move(candidate);
    }
  }
  if (!step.has_value()) return taken;
  Transition transition =
      Escalate(*blocker, step->level, absl::StrCat("step ", step->level, " of ", step->policy), now);
  transition.blocker.next_escalation_time = planner_.NextDue(transition.blocker);
  *blocker = std::move(transition.blocker);
  RETURN_IF_ERROR(tx.PutBlocker(*blocker).status());
  RETURN_IF_ERROR(tx.AppendChange(blocker->ticket.tenant, blocker->id, *transition.change));
  step->create_time = now;
  ASSIGN_OR_RETURN(step->id, tx.InsertEscalation(*step));
  taken.push_back(std::move(*step));
  return taken;
}

}  // namespace clearway
