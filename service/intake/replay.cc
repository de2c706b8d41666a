#include "service/intake/replay.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/domain/ticket_state.h"
#include "service/store/event_codec.h"

namespace clearway {
namespace {

constexpr char kReplay[] = "replay";

bool Lasts(const std::optional<Blocker>& blocker) {
  return blocker.has_value() && blocker->state != BlockerState::kResolved;
}

bool TakenUp(const Blocker& blocker) {
  return blocker.state == BlockerState::kAcknowledged || blocker.state == BlockerState::kSnoozed;
}

auto Gist(const std::optional<Classification>& verdict) {
  return verdict.has_value() ? std::make_tuple(verdict->category, verdict->reason,
                                               verdict->secondary, verdict->waiting_on)
                             : std::make_tuple(Category::kUnspecified, Reason::kUnspecified,
                                               Category::kUnspecified, std::string());
}

auto Gist(const std::optional<Blocker>& blocker) {
  return blocker.has_value()
             ? std::make_tuple(blocker->id, blocker->state, blocker->category, blocker->reason)
             : std::make_tuple(int64_t{-1}, BlockerState::kUnspecified, Category::kUnspecified,
                               Reason::kUnspecified);
}

auto Gist(const std::optional<Escalation>& step) {
  return step.has_value() ? std::make_tuple(step->level, step->recipient, step->due_time)
                          : std::make_tuple(0, std::string(), absl::InfinitePast());
}

// The next step to come, if any.
std::optional<Escalation> NextStep(const Planner& planner, const std::optional<Blocker>& blocker,
                                   const Ticket& ticket,
                                   const std::optional<Classification>& verdict, absl::Time now) {
  if (!Lasts(blocker) || !planner.NextDue(*blocker, ticket, now).has_value()) return std::nullopt;
  return planner.PlanLevel(*blocker, ticket, blocker->escalation_level + 1,
                           verdict.has_value() ? verdict->evidence : std::vector<Evidence>(), now);
}

absl::Time LastChange(const TicketState& state) {
  absl::Time last = absl::InfinitePast();
  for (const Version& version : state.versions) last = std::max(last, version.time);
  for (const VersionedComment& held : state.comments) last = std::max(last, held.version.time);
  return last;
}

// Since when the words have said what the last of the verdicts says.
absl::Time Since(const std::vector<ReplayedVerdict>& verdicts, const TicketState& state) {
  if (verdicts.empty()) return LastChange(state);
  size_t first = verdicts.size() - 1;
  while (first > 0 && verdicts[first - 1].category == verdicts.back().category) --first;
  return verdicts[first].time;
}

absl::StatusOr<std::vector<TicketEvent>> InOrder(const std::vector<RawEvent>& raw) {
  std::vector<TicketEvent> events;
  events.reserve(raw.size());
  for (const RawEvent& one : raw) {
    ASSIGN_OR_RETURN(TicketEvent event, UnpackEvent(one.packed));
    events.push_back(std::move(event));
  }
  std::sort(events.begin(), events.end(),
            [](const TicketEvent& a, const TicketEvent& b) { return a.version < b.version; });
  return events;
}

}  // namespace

bool TicketDifference::verdict_differs() const { return Gist(verdict_then) != Gist(verdict_now); }

bool TicketDifference::differs() const {
  return !skipped && (verdict_differs() || Gist(blocker_then) != Gist(blocker_now) ||
                      Gist(next_then) != Gist(next_now));
}

Classification Replay::Classify(const std::string& tenant, const Ticket& ticket) const {
  return Reviewed(classifier_->Classify(ticket), options_.review.For(tenant));
}

std::vector<ReplayedVerdict> Replay::Verdicts(const std::vector<TicketEvent>& events,
                                              const TicketState& held) const {
  std::vector<ReplayedVerdict> verdicts;
  TicketState state;
  for (const TicketEvent& event : events) {
    if (!Merge(event, &state) || state.deleted) continue;
    const Classification verdict = Classify(event.tenant, Snapshot(state));
    if (!verdicts.empty() && verdicts.back().category == verdict.category &&
        verdicts.back().reason == verdict.reason) {
      continue;
    }
    verdicts.push_back(
        {event.version.time, event.version.event_id, verdict.category, verdict.reason});
  }
  // Earlier events are not kept any more: what was read on the way was not the whole ticket.
  if (state != held) verdicts.clear();
  return verdicts;
}

absl::StatusOr<TicketDifference> Replay::Compare(const TicketKey& key, const TicketFile& file,
                                                 absl::Time now) const {
  TicketDifference difference;
  difference.key = key;
  difference.blocker_then = file.blocker;
  difference.blocker_now = file.blocker;
  const TicketState& state = file.ticket.state;
  difference.skipped = state.deleted || state.erased || !file.ticket.classification.has_value();
  if (difference.skipped) return difference;
  ASSIGN_OR_RETURN(const std::vector<TicketEvent> events, InOrder(file.events));
  difference.events = events.size();
  difference.verdicts = Verdicts(events, state);
  difference.judged = Classify(key.tenant, Snapshot(state));
  const std::optional<Correction>& correction = file.ticket.correction;
  difference.verdict_then = EffectiveVerdict(file.ticket.classification, correction);
  difference.verdict_now = EffectiveVerdict(difference.judged, correction);
  difference.kept_by_person =
      correction.has_value() && difference.judged->category != correction->judgement.category;
  Follow(file, Since(difference.verdicts, state), now, &difference);
  difference.next_then =
      NextStep(*then_, difference.blocker_then, state.ticket, difference.verdict_then, now);
  difference.next_now =
      NextStep(*now_, difference.blocker_now, state.ticket, difference.verdict_now, now);
  return difference;
}

void Replay::Follow(const TicketFile& file, absl::Time at, absl::Time now,
                    TicketDifference* difference) const {
  std::optional<Transition> moved =
      FollowVerdict(file.blocker, file.ticket.state, difference->key, difference->verdict_now, at,
                    options_.reopen_window);
  if (!moved.has_value()) {
    difference->kept_by_person =
        difference->kept_by_person ||
        (file.blocker.has_value() && !Lasts(file.blocker) &&
         file.blocker->resolved_text == TextFingerprint(file.ticket.state) &&
         IsBlocked(difference->verdict_now->category));
    return;
  }
  Blocker& blocker = moved->blocker;
  const bool ends = blocker.state == BlockerState::kResolved;
  if (ends && TakenUp(*file.blocker)) {
    difference->kept_by_person = true;
    return;
  }
  // Nobody knew of it till now: its ladder rested.
  const bool opens = !ends && !Lasts(file.blocker);
  if (opens && blocker.spell_time < now) blocker.snoozes = {{blocker.spell_time, now}};
  blocker.next_escalation_time = now_->NextDue(blocker, file.ticket.state.ticket, now);
  if (moved->change.has_value()) {
    moved->change->actor = kReplay;
    moved->change->note = absl::StrCat(
        moved->change->note, " (", model_version(),
        options_.actor.empty() ? "" : absl::StrCat(", asked by ", options_.actor), ")");
  }
  difference->blocker_now = blocker;
  difference->transition = *std::move(moved);
}

absl::StatusOr<TicketDifference> Replay::Apply(const TicketKey& key,
                                               const std::vector<RawEvent>& events, absl::Time now,
                                               Transaction& tx) const {
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(key));
  if (!ticket.has_value()) {
    TicketDifference gone;
    gone.key = key;
    gone.skipped = true;
    return gone;
  }
  TicketFile file{*std::move(ticket), std::nullopt, events};
  ASSIGN_OR_RETURN(file.blocker, tx.GetLatestBlocker(key));
  ASSIGN_OR_RETURN(TicketDifference difference, Compare(key, file, now));
  if (!difference.differs()) return difference;
  file.ticket.classification = difference.judged;
  RETURN_IF_ERROR(tx.PutTicket(key, file.ticket));
  if (!difference.transition.has_value()) return difference;
  ASSIGN_OR_RETURN(difference.blocker_now->id, tx.PutBlocker(difference.transition->blocker));
  if (difference.transition->change.has_value()) {
    RETURN_IF_ERROR(
        tx.AppendChange(key.tenant, difference.blocker_now->id, *difference.transition->change));
  }
  return difference;
}

}  // namespace clearway
