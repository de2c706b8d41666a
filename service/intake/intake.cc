#include "service/intake/intake.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/domain/ticket_state.h"
#include "service/intake/standing.h"
#include "service/intake/without_erased.h"
#include "service/store/event_codec.h"

namespace clearway {
namespace {

// How soon a ladder that is held back is looked at again by itself. It goes on sooner where the
// links say so.
constexpr absl::Duration kLookAgain = absl::Hours(1);

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
  outcome.escalations = std::move(followed.escalations);
  outcome.change = std::move(followed.change);
  outcome.unblocked_after = followed.unblocked_after;
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
  Turn turn{*planner, ticket.state.ticket, EvidenceOf(verdict), clock_.Now(), tx, daily_cost_};
  std::optional<Transition> transition =
      FollowVerdict(current, ticket.state, key, verdict, at, reopen_window_);
  Followed followed;
  if (transition.has_value()) {
    if (transition->change.has_value() && !note.empty()) transition->change->note = note;
    RETURN_IF_ERROR(MoveBlocker(*std::move(transition), turn, &followed));
  } else if (Lasts(current)) {
    // An old blocker that this has nothing to do with is not part of the answer.
    followed.blocker = std::move(current);
  }
  ASSIGN_OR_RETURN(followed.links_changed,
                   KeepLinks(key, before, LinkFactsOf(ticket, followed.blocker), tx));
  if (Lasts(followed.blocker)) {
    RETURN_IF_ERROR(Climb(turn, &*followed.blocker, &followed.escalations));
    RETURN_IF_ERROR(AddNextStep(turn, &followed));
  }
  return followed;
}

absl::Status Intake::MoveBlocker(Transition transition, const Turn& turn, Followed* followed) {
  Blocker& blocker = transition.blocker;
  blocker.next_escalation_time = turn.planner.NextDue(blocker, turn.ticket, turn.now);
  ASSIGN_OR_RETURN(blocker.id, turn.tx.PutBlocker(blocker));
  if (transition.change.has_value()) {
    RETURN_IF_ERROR(turn.tx.AppendChange(blocker.ticket.tenant, blocker.id, *transition.change));
  }
  if (blocker.resolve_time.has_value()) {
    followed->unblocked_after = *blocker.resolve_time - blocker.spell_time;
  }
  followed->change = std::move(transition.change);
  followed->blocker = std::move(blocker);
  return absl::OkStatus();
}

absl::Status Intake::AddNextStep(Turn& turn, Followed* followed) {
  const Blocker& blocker = *followed->blocker;
  if (!blocker.next_escalation_time.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Standing standing, StandingIn(blocker, &turn));
  std::optional<Escalation> step = turn.planner.PlanLevel(
      blocker, turn.ticket, blocker.escalation_level + 1, turn.evidence, turn.now, standing);
  if (step.has_value()) followed->escalations.push_back(*std::move(step));
  return absl::OkStatus();
}

absl::StatusOr<Standing> Intake::StandingIn(const Blocker& blocker, Turn* turn) {
  if (turn->standing.has_value()) return *turn->standing;
  turn->standing.emplace();
  // Most tickets are linked to no other.
  ASSIGN_OR_RETURN(const bool linked, turn->tx.IsLinked(blocker.ticket));
  if (!linked) return *turn->standing;
  ASSIGN_OR_RETURN(Links* const links, turn->tx.links());
  ASSIGN_OR_RETURN(turn->standing, StandingOf(blocker.ticket, turn->now, turn->daily_cost, *links));
  return *turn->standing;
}

absl::Status Intake::RestFor(const Standing& standing, const Turn& turn, Blocker* blocker) {
  Transition held = HoldBack(*blocker, standing.held_by, turn.now + kLookAgain, turn.now);
  *blocker = std::move(held.blocker);
  RETURN_IF_ERROR(turn.tx.PutBlocker(*blocker).status());
  if (!held.change.has_value()) return absl::OkStatus();
  return turn.tx.AppendChange(blocker->ticket.tenant, blocker->id, *held.change);
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

absl::StatusOr<Transition> Intake::ResolveBlocker(const std::string& tenant, int64_t blocker_id,
                                                  const std::string& actor, const std::string& note,
                                                  Transaction& tx, bool* links_changed) const {
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
  Transition resolved =
      ResolveByPerson(blocker, actor, note, TextFingerprint(ticket->state), clock_.Now());
  if (!resolved.change.has_value()) return resolved;
  RETURN_IF_ERROR(tx.PutBlocker(resolved.blocker).status());
  RETURN_IF_ERROR(tx.AppendChange(tenant, blocker_id, *resolved.change));
  if (latest.has_value() && latest->id == blocker_id) latest = resolved.blocker;
  ASSIGN_OR_RETURN(*links_changed,
                   KeepLinks(blocker.ticket, before, LinkFactsOf(*ticket, latest), tx));
  return resolved;
}

absl::StatusOr<std::vector<Escalation>> Intake::TakeDueSteps(const std::string& tenant,
                                                             int64_t blocker_id,
                                                             Transaction& tx) const {
  ASSIGN_OR_RETURN(Blocker blocker, tx.GetBlocker(tenant, blocker_id));
  std::vector<Escalation> taken;
  if (blocker.state == BlockerState::kResolved) return taken;
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(blocker.ticket));
  if (!ticket.has_value()) ticket.emplace();
  const std::shared_ptr<const Planner> planner = planners_.Get();
  Turn turn{*planner, ticket->state.ticket, EvidenceOf(VerdictOf(*ticket)), clock_.Now(),
            tx,       daily_cost_};
  RETURN_IF_ERROR(Climb(turn, &blocker, &taken));
  return taken;
}

absl::Status Intake::Climb(Turn& turn, Blocker* blocker, std::vector<Escalation>* taken) {
  RETURN_IF_ERROR(Wake(turn, blocker));
  const std::optional<absl::Time> due = turn.planner.NextDue(*blocker, turn.ticket, turn.now);
  if (!due.has_value() || *due > turn.now) return PutNext(due, turn, blocker);
  // Who waits himself is not pressed: the ticket that he waits for is told about.
  ASSIGN_OR_RETURN(const Standing standing, StandingIn(*blocker, &turn));
  if (!standing.held_by.empty()) return RestFor(standing, turn, blocker);
  *blocker = LetGo(*blocker, turn.now);
  const std::optional<absl::Time> next = turn.planner.NextDue(*blocker, turn.ticket, turn.now);
  if (!next.has_value() || *next > turn.now) return PutNext(next, turn, blocker);
  std::optional<Escalation> step;
  // Of the steps that fell due together, after an outage or for a ticket that was stuck long before
  // it was first seen, only the highest is taken: one message, not one for each rung.
  if (const std::optional<int> level = turn.planner.DueLevel(*blocker, turn.ticket, turn.now)) {
    step = turn.planner.PlanLevel(*blocker, turn.ticket, *level, turn.evidence, turn.now, standing);
  }
  if (!step.has_value()) return PutNext(next, turn, blocker);
  ASSIGN_OR_RETURN(const std::optional<absl::Time> held, HeldBack(*step, *blocker, turn));
  if (held.has_value()) return PutNext(*held, turn, blocker);
  return Take(*std::move(step), turn, blocker, taken);
}

absl::Status Intake::Wake(const Turn& turn, Blocker* blocker) {
  const std::optional<absl::Time> end = blocker->snooze_end_time();
  if (!end.has_value() || *end > turn.now) return absl::OkStatus();
  Transition awake = EndSnooze(*blocker, turn.now);
  *blocker = std::move(awake.blocker);
  blocker->next_escalation_time = turn.planner.NextDue(*blocker, turn.ticket, turn.now);
  RETURN_IF_ERROR(turn.tx.PutBlocker(*blocker).status());
  return turn.tx.AppendChange(blocker->ticket.tenant, blocker->id, *awake.change);
}

absl::StatusOr<std::optional<absl::Time>> Intake::HeldBack(const Escalation& step,
                                                           const Blocker& blocker,
                                                           const Turn& turn) {
  const RateLimit limit = turn.planner.RateLimitOf(blocker, turn.ticket);
  if (limit.count == 0) return std::optional<absl::Time>();
  // As many as the limit counts, and the group's own among them.
  ASSIGN_OR_RETURN(const std::vector<RecentMessage> recent,
                   turn.tx.RecentMessages(step.ticket.tenant, step.recipient,
                                          turn.now - limit.window, limit.count));
  const std::optional<absl::Time> held = HeldByRate(limit, recent, step.group, turn.now);
  if (!held.has_value()) return held;
  return std::optional<absl::Time>(turn.planner.Opening(blocker, turn.ticket, *held));
}

absl::Status Intake::PutNext(std::optional<absl::Time> next, const Turn& turn, Blocker* blocker) {
  // A policy that changed may have moved the time without a step falling due. A time in the past is
  // never kept, or the sweeper would come back to it for ever.
  if (next.has_value() && (*next <= turn.now || *next == absl::InfiniteFuture())) next.reset();
  if (next == blocker->next_escalation_time) return absl::OkStatus();
  blocker->next_escalation_time = next;
  return turn.tx.PutBlocker(*blocker).status();
}

absl::Status Intake::Take(Escalation step, const Turn& turn, Blocker* blocker,
                          std::vector<Escalation>* taken) {
  // A ticket that comes and goes within hours would have the same words said to the same ears.
  ASSIGN_OR_RETURN(const bool said, turn.tx.HasSaid(step));
  Transition climbed = Escalate(*blocker, step.level,
                                absl::StrCat("step ", step.level, " of ", step.policy,
                                             said ? ", not said a second time" : ""),
                                turn.now);
  *blocker = std::move(climbed.blocker);
  blocker->next_escalation_time = turn.planner.NextDue(*blocker, turn.ticket, turn.now);
  RETURN_IF_ERROR(turn.tx.PutBlocker(*blocker).status());
  if (climbed.change.has_value()) {
    RETURN_IF_ERROR(turn.tx.AppendChange(blocker->ticket.tenant, blocker->id, *climbed.change));
  }
  if (said) return absl::OkStatus();
  step.create_time = turn.now;
  ASSIGN_OR_RETURN(step.id, turn.tx.InsertEscalation(step));
  taken->push_back(std::move(step));
  return absl::OkStatus();
}

}  // namespace clearway
