#include "service/domain/blocker_lifecycle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

#include "service/domain/blocker_states.h"

namespace clearway {
namespace {

constexpr char kClassifier[] = "classifier";
constexpr char kPolicy[] = "policy";

// A ladder that is put off again and again is a decision that somebody should take.
constexpr size_t kMaxSnoozes = 100;

// Moves the blocker as the table of states says; false where that refuses, and nothing happens.
bool Move(BlockerInput input, Blocker* blocker, int level = 0) {
  const std::optional<BlockerStanding> next = Next(StandingOf(*blocker), input, level);
  if (!next.has_value()) return false;
  blocker->state = next->state;
  blocker->escalation_level = next->level;
  return true;
}

// A snooze that lasts is over at `at`; one that by then had not begun never was.
void CutSnooze(absl::Time at, Blocker* blocker) {
  if (blocker->snoozes.empty()) return;
  BlockedSpell& last = blocker->snoozes.back();
  last.end = std::min(last.end, at);
  if (last.end <= last.begin) blocker->snoozes.pop_back();
}

// The part of a blocker that mirrors its ticket and the verdict, not its own life.
void Mirror(const TicketState& state, const Classification& verdict, Blocker* blocker) {
  const Ticket& ticket = state.ticket;
  blocker->project = ticket.project;
  blocker->title = ticket.title;
  blocker->url = ticket.url;
  blocker->priority = ticket.priority;
  blocker->category = verdict.category;
  blocker->reason = verdict.reason;
  blocker->secondary = verdict.secondary;
  blocker->waiting_on = verdict.waiting_on;
  blocker->confidence = verdict.confidence;
  blocker->language = verdict.language;
}

absl::string_view ActorOf(const Classification& verdict) {
  return verdict.corrected_by.empty() ? kClassifier : absl::string_view(verdict.corrected_by);
}

BlockerChange Change(const Blocker& after, BlockerState from, absl::Time time,
                     absl::string_view actor, std::string note) {
  return {time,           std::string(actor), from,           after.state,
          after.category, after.reason,       std::move(note)};
}

Transition Open(const TicketState& state, const TicketKey& key, const Classification& verdict,
                absl::Time at) {
  Blocker blocker;
  blocker.ticket = key;
  blocker.state = BlockerState::kUnspecified;
  Move(BlockerInput::kOpened, &blocker);
  blocker.open_time = at;
  blocker.spell_time = at;
  blocker.update_time = at;
  Mirror(state, verdict, &blocker);
  BlockerChange change =
      Change(blocker, BlockerState::kUnspecified, at, ActorOf(verdict), "the ticket got stuck");
  return {std::move(blocker), std::move(change)};
}

Transition Resolve(Blocker blocker, absl::Time at, absl::string_view actor, std::string note) {
  const BlockerState from = blocker.state;
  Move(BlockerInput::kResolved, &blocker);
  // An event may tell of an end that, by its own clock, precedes the opening.
  blocker.resolve_time = std::max(at, blocker.spell_time);
  blocker.update_time = *blocker.resolve_time;
  CutSnooze(*blocker.resolve_time, &blocker);
  blocker.next_escalation_time.reset();
  BlockerChange change = Change(blocker, from, blocker.update_time, actor, std::move(note));
  return {std::move(blocker), std::move(change)};
}

Transition Reopen(Blocker blocker, const TicketState& state, const Classification& verdict,
                  absl::Time at) {
  blocker.past_spells.push_back({blocker.spell_time, *blocker.resolve_time});
  blocker.spell_time = std::max(at, *blocker.resolve_time);
  Move(BlockerInput::kReopened, &blocker);
  blocker.snoozes.clear();
  blocker.resolve_time.reset();
  blocker.acknowledge_time.reset();
  blocker.resolved_text.reset();
  blocker.update_time = blocker.spell_time;
  Mirror(state, verdict, &blocker);
  BlockerChange change = Change(blocker, BlockerState::kResolved, blocker.spell_time,
                                ActorOf(verdict), "the same cause came back");
  return {std::move(blocker), std::move(change)};
}

std::optional<Transition> Update(const Blocker& before, const TicketState& state,
                                 const Classification& verdict, absl::Time at) {
  Transition result{before, std::nullopt};
  Blocker& blocker = result.blocker;
  Move(BlockerInput::kReclassified, &blocker);
  Mirror(state, verdict, &blocker);
  if (blocker == before) return std::nullopt;
  blocker.update_time = std::max(at, before.update_time);
  if (blocker.category != before.category || blocker.reason != before.reason) {
    result.change =
        Change(blocker, before.state, blocker.update_time, ActorOf(verdict),
               absl::StrCat("was ", CategoryName(before.category), "/", ReasonName(before.reason)));
  }
  return result;
}

}  // namespace

std::optional<Transition> FollowVerdict(const std::optional<Blocker>& current,
                                        const TicketState& ticket, const TicketKey& key,
                                        const std::optional<Classification>& classification,
                                        absl::Time at, absl::Duration reopen_window) {
  const bool lasting = current.has_value() && current->state != BlockerState::kResolved;
  const bool over = ticket.deleted || ticket.ticket.done || !classification.has_value();
  if (!over && classification->category == Category::kNeedsReview) return std::nullopt;
  if (over || !IsBlocked(classification->category)) {
    if (!lasting) return std::nullopt;
    return Resolve(*current, at, over ? kClassifier : ActorOf(*classification),
                   ticket.deleted       ? "the ticket was deleted"
                   : ticket.ticket.done ? "the ticket is done"
                                        : "the ticket says it moves again");
  }
  if (lasting) return Update(*current, ticket, *classification, at);
  if (current.has_value()) {
    if (classification->corrected_by.empty() && current->resolved_text == TextFingerprint(ticket)) {
      return std::nullopt;
    }
    const bool same_cause = current->category == classification->category;
    if (same_cause && at - *current->resolve_time <= reopen_window) {
      return Reopen(*current, ticket, *classification, at);
    }
    // Late news of another cause: a ticket is stuck on one thing at a time.
    at = std::max(at, *current->resolve_time);
  }
  return Open(ticket, key, *classification, at);
}

absl::StatusOr<Transition> Acknowledge(const Blocker& blocker, absl::string_view actor,
                                       absl::string_view note, absl::Time now) {
  if (blocker.state == BlockerState::kAcknowledged) return Transition{blocker, std::nullopt};
  Transition result{blocker, std::nullopt};
  if (blocker.state == BlockerState::kSnoozed) CutSnooze(now, &result.blocker);
  if (!Move(BlockerInput::kAcknowledged, &result.blocker)) {
    return absl::FailedPreconditionError("the blocker is resolved; there is nothing to take up");
  }
  // Never before what it takes up, though the clock may have been put back.
  result.blocker.acknowledge_time =
      blocker.acknowledge_time.value_or(std::max(now, blocker.spell_time));
  result.blocker.update_time = now;
  result.blocker.next_escalation_time.reset();
  result.change = Change(result.blocker, blocker.state, now, actor, std::string(note));
  return result;
}

absl::StatusOr<Transition> Snooze(const Blocker& blocker, absl::string_view actor,
                                  absl::string_view note, absl::Time end, absl::Time now) {
  if (blocker.snooze_end_time() == end) return Transition{blocker, std::nullopt};
  Transition result{blocker, std::nullopt};
  std::vector<BlockedSpell>& snoozes = result.blocker.snoozes;
  if (blocker.state == BlockerState::kSnoozed && !snoozes.empty()) {
    snoozes.back().end = end;
  } else {
    if (snoozes.size() >= kMaxSnoozes) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the blocker was snoozed ", kMaxSnoozes, " times; acknowledge or resolve it instead"));
    }
    // A person's word takes the place of being held back.
    result.blocker = LetGo(blocker, now);
    // They stay apart though the clock may have been put back.
    snoozes.push_back({snoozes.empty() ? now : std::max(now, snoozes.back().end), end});
  }
  if (!Move(BlockerInput::kSnoozed, &result.blocker)) {
    return absl::FailedPreconditionError("the blocker is resolved; there is nothing to put off");
  }
  result.blocker.update_time = now;
  result.blocker.next_escalation_time = end;
  result.change = Change(result.blocker, blocker.state, now, actor, std::string(note));
  return result;
}

Transition EndSnooze(const Blocker& blocker, absl::Time now) {
  Transition result{blocker, std::nullopt};
  if (!Move(BlockerInput::kSnoozeEnded, &result.blocker)) return result;
  result.blocker.update_time = now;
  result.change = Change(result.blocker, blocker.state, now, kPolicy, "the snooze ended");
  return result;
}

bool IsHeldBack(const Blocker& blocker, absl::Time now) {
  if (blocker.state == BlockerState::kSnoozed || blocker.snoozes.empty()) return false;
  const absl::Time end = blocker.snoozes.back().end;
  return end > now || end == blocker.next_escalation_time;
}

Transition HoldBack(const Blocker& blocker, absl::string_view told, absl::Time until,
                    absl::Time now) {
  Transition result{blocker, std::nullopt};
  std::vector<BlockedSpell>& rests = result.blocker.snoozes;
  result.blocker.next_escalation_time = until;
  if (IsHeldBack(blocker, now)) {
    rests.back().end = until;
    return result;
  }
  rests.push_back({rests.empty() ? now : std::max(now, rests.back().end), until});
  result.blocker.update_time = now;
  result.change =
      Change(result.blocker, blocker.state, now, kPolicy,
             absl::StrCat("held back: it hangs on ", told, ", which is told about instead"));
  return result;
}

Blocker LetGo(const Blocker& blocker, absl::Time now) {
  Blocker free = blocker;
  if (IsHeldBack(blocker, now)) CutSnooze(now, &free);
  return free;
}

Transition ResolveByPerson(const Blocker& blocker, absl::string_view actor, absl::string_view note,
                           uint64_t text, absl::Time now) {
  if (blocker.state == BlockerState::kResolved) return {blocker, std::nullopt};
  Transition result = Resolve(blocker, now, actor, std::string(note));
  result.blocker.resolved_text = text;
  return result;
}

Transition Escalate(const Blocker& blocker, int level, absl::string_view note, absl::Time now) {
  Transition result{blocker, std::nullopt};
  if (!Move(BlockerInput::kEscalated, &result.blocker, level)) return result;
  result.blocker.update_time = now;
  result.change = Change(result.blocker, blocker.state, now, kPolicy, std::string(note));
  return result;
}

}  // namespace clearway
