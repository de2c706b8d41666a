#include "service/intake/ladder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/domain/blocker_lifecycle.h"
#include "service/domain/dependants.h"
#include "service/domain/schedule.h"
#include "service/escalation/together.h"
#include "service/intake/standing.h"

namespace clearway {
namespace {

constexpr absl::Duration kPaceWindow = absl::Minutes(1);
// More than any limit worth setting counts, and enough to find a group among.
constexpr int kMaxRecent = 1000;
// How soon a ladder that is held back is looked at again by itself. It goes on sooner where the
// links say so.
constexpr absl::Duration kLookAgain = absl::Hours(1);

// A step that may be told now, for all that its blocker's own ladder says.
struct Ready {
  Climber climber;
  DueStep due;
  // With its texts, once nothing else holds it back: they are dear.
  Escalation step = {};
  // Of the same opening, by level.
  std::vector<TakenStep> told = {};
};

absl::Status PutNext(std::optional<absl::Time> next, const Turn& turn, Blocker* blocker) {
  // A policy that changed may have moved the time without a step falling due. A time in the past is
  // never kept, or the sweeper would come back to it for ever.
  if (next.has_value() && (*next <= turn.now || *next == absl::InfiniteFuture())) next.reset();
  if (next == blocker->next_escalation_time) return absl::OkStatus();
  blocker->next_escalation_time = next;
  return turn.tx.PutBlocker(*blocker).status();
}

absl::Status PutOffTo(absl::Time time, PutOff cause, const Turn& turn, const Climber& climber,
                      Climbed* climbed) {
  climbed->put_off.push_back(cause);
  // Who was put off before keeps the sooner time.
  const std::optional<absl::Time>& kept = climber.blocker->next_escalation_time;
  if (cause == PutOff::kPace && kept.has_value() && *kept > turn.now && *kept <= time) {
    return absl::OkStatus();
  }
  // A moment that has passed while the work waited for its turn would be dropped.
  time = std::max(time, turn.now + absl::Seconds(1));
  const absl::Time opening = turn.planner.Opening(*climber.blocker, *climber.ticket, time);
  return PutNext(opening, turn, climber.blocker);
}

absl::Status Wake(const Turn& turn, const Climber& climber) {
  Blocker* const blocker = climber.blocker;
  const std::optional<absl::Time> end = blocker->snooze_end_time();
  if (!end.has_value() || *end > turn.now) return absl::OkStatus();
  Transition awake = EndSnooze(*blocker, turn.now);
  *blocker = std::move(awake.blocker);
  blocker->next_escalation_time = turn.planner.NextDue(*blocker, *climber.ticket, turn.now);
  RETURN_IF_ERROR(turn.tx.PutBlocker(*blocker).status());
  return turn.tx.AppendChange(blocker->ticket.tenant, blocker->id, *awake.change);
}

// Where another ticket is told about in this one's place: lets the ladder rest, and says so.
absl::Status RestFor(const Standing& standing, const Turn& turn, Blocker* blocker) {
  Transition held = HoldBack(*blocker, standing.held_by, turn.now + kLookAgain, turn.now);
  *blocker = std::move(held.blocker);
  RETURN_IF_ERROR(turn.tx.PutBlocker(*blocker).status());
  if (!held.change.has_value()) return absl::OkStatus();
  return turn.tx.AppendChange(blocker->ticket.tenant, blocker->id, *held.change);
}

// The step to be taken now; nullopt: none, and when to come back is kept. Of those that fell due
// together, after an outage or for a ticket that was stuck long before it was first seen, only the
// highest: one message, not one for each rung.
absl::StatusOr<std::optional<DueStep>> StepToTake(const Turn& turn, const Climber& climber) {
  RETURN_IF_ERROR(Wake(turn, climber));
  Blocker& blocker = *climber.blocker;
  Prospect prospect = turn.planner.Look(blocker, *climber.ticket, turn.now);
  if (prospect.due.has_value()) {
    // Who waits himself is not pressed: the ticket that he waits for is told about.
    ASSIGN_OR_RETURN(const Standing standing, StandingIn(turn, climber));
    if (!standing.held_by.empty()) {
      RETURN_IF_ERROR(RestFor(standing, turn, &blocker));
      return std::optional<DueStep>();
    }
    if (IsHeldBack(blocker, turn.now)) {
      blocker = LetGo(blocker, turn.now);
      prospect = turn.planner.Look(blocker, *climber.ticket, turn.now);
    }
  }
  if (!prospect.due.has_value()) RETURN_IF_ERROR(PutNext(prospect.next, turn, &blocker));
  return std::move(prospect.due);
}

// Those whose step is due and goes where the first one's does.
absl::StatusOr<std::vector<Ready>> FindReady(const Turn& turn,
                                             const std::vector<Climber>& climbers) {
  std::vector<Ready> ready;
  for (const Climber& climber : climbers) {
    ASSIGN_OR_RETURN(std::optional<DueStep> due, StepToTake(turn, climber));
    if (!due.has_value()) continue;
    if (!ready.empty() && due->group != ready.front().due.group) continue;
    ready.push_back({climber, *std::move(due)});
  }
  return ready;
}

absl::StatusOr<bool> IsOverPace(const Turn& turn, const std::string& tenant) {
  if (turn.pacing.per_minute <= 0) return false;
  ASSIGN_OR_RETURN(const int64_t recent,
                   turn.tx.CountMessages(tenant, turn.now - kPaceWindow, turn.now));
  return recent >= turn.pacing.per_minute;
}

// Takes the level, telling of it or not.
absl::Status Take(const Ready& ready, absl::string_view remark, const Turn& turn) {
  Blocker* const blocker = ready.climber.blocker;
  Transition transition =
      Escalate(*blocker, ready.due.level,
               absl::StrCat("step ", ready.due.level, " of ", ready.step.policy, remark), turn.now);
  *blocker = std::move(transition.blocker);
  blocker->next_escalation_time = turn.planner.NextDue(*blocker, *ready.climber.ticket, turn.now);
  RETURN_IF_ERROR(turn.tx.PutBlocker(*blocker).status());
  if (!transition.change.has_value()) return absl::OkStatus();
  return turn.tx.AppendChange(blocker->ticket.tenant, blocker->id, *transition.change);
}

// Puts the texts to what is ready, and takes without a word what has nothing new to say.
absl::Status Word(const Turn& turn, std::vector<Ready>* ready) {
  std::vector<Ready> worded;
  for (Ready& one : *ready) {
    const Climber& climber = one.climber;
    const Blocker& blocker = *climber.blocker;
    ASSIGN_OR_RETURN(const Standing standing, StandingIn(turn, climber));
    std::optional<Escalation> step = turn.planner.PlanLevel(blocker, *climber.ticket, one.due.level,
                                                            *climber.evidence, turn.now, standing);
    if (!step.has_value()) {
      RETURN_IF_ERROR(PutNext(std::nullopt, turn, climber.blocker));
      continue;
    }
    one.step = *std::move(step);
    one.step.group = one.due.group;
    ASSIGN_OR_RETURN(one.told,
                     turn.tx.ListSteps(blocker.ticket.tenant, blocker.id, blocker.reopen_count()));
    // A ticket that comes and goes within hours would have the same words said to the same ears.
    ASSIGN_OR_RETURN(bool said, turn.tx.HasSaid(one.step));
    said = said || std::any_of(one.told.begin(), one.told.end(),
                               [&](const TakenStep& told) { return told.level == one.due.level; });
    if (said) {
      RETURN_IF_ERROR(Take(one, ", not said a second time", turn));
      continue;
    }
    worded.push_back(std::move(one));
  }
  *ready = std::move(worded);
  return absl::OkStatus();
}

// When the group may have its next message; nullopt: now.
std::optional<absl::Time> GathersUntil(const Turn& turn, const std::vector<Ready>& ready,
                                       const std::vector<RecentMessage>& recent) {
  const Ready& first = ready.front();
  const auto told = std::find_if(recent.begin(), recent.end(), [&](const RecentMessage& message) {
    return message.group == first.due.group;
  });
  if (told == recent.end()) return std::nullopt;
  const absl::Duration interval = first.due.terms.interval;
  // A group of the policy's bears the time of its slot, so it was told within this one.
  const absl::Time end = interval > absl::ZeroDuration() ? SlotBegin(turn.now, interval) + interval
                                                         : told->time + turn.pacing.gather;
  if (end <= turn.now) return std::nullopt;
  // Nobody is passed over for the sake of a list; and if one is told, all are.
  for (const Ready& one : ready) {
    if (one.due.terms.next_step.has_value() && *one.due.terms.next_step <= end) return std::nullopt;
  }
  return end;
}

// Leaves in `ready` what may be told now.
absl::Status PutOffWhatMustWait(const Turn& turn, std::vector<Ready>* ready, Climbed* climbed) {
  absl::Duration window = turn.pacing.gather;
  for (const Ready& one : *ready) {
    window = std::max({window, one.due.terms.limit.window, one.due.terms.interval});
  }
  if (window <= absl::ZeroDuration()) return absl::OkStatus();
  const Ready& first = ready->front();
  ASSIGN_OR_RETURN(const std::vector<RecentMessage> recent,
                   turn.tx.RecentMessages(first.climber.blocker->ticket.tenant, first.due.recipient,
                                          turn.now - window, turn.now, kMaxRecent));
  const std::optional<absl::Time> gathers = GathersUntil(turn, *ready, recent);
  std::vector<Ready> left;
  for (Ready& one : *ready) {
    const std::optional<absl::Time> held =
        gathers.has_value() ? gathers : HeldByRate(one.due.terms.limit, recent, turn.now);
    if (!held.has_value()) {
      left.push_back(std::move(one));
      continue;
    }
    RETURN_IF_ERROR(PutOffTo(*held, gathers.has_value() ? PutOff::kGather : PutOff::kRateLimit,
                             turn, one.climber, climbed));
  }
  *ready = std::move(left);
  return absl::OkStatus();
}

absl::Status Record(const Ready& ready, int64_t escalation_id, const Turn& turn, Climbed* climbed) {
  const Blocker& blocker = *ready.climber.blocker;
  for (TakenStep& passed : PassedBy(ready.told, turn.now)) {
    RETURN_IF_ERROR(turn.tx.PutStepOutcome(passed));
    climbed->settled.push_back(std::move(passed));
  }
  const Escalation& step = ready.step;
  TakenStep taken;
  taken.tenant = blocker.ticket.tenant;
  taken.blocker_id = blocker.id;
  taken.opening = blocker.reopen_count();
  taken.level = ready.due.level;
  taken.escalation_id = escalation_id;
  taken.project = blocker.project;
  taken.category = step.category;
  taken.reason = step.reason;
  taken.channel = step.channel;
  taken.time = turn.now;
  taken.words = WordsFingerprint(step.recipient, step.channel, step.draft_message);
  return turn.tx.InsertStep(taken);
}

// What the party reads that they all wait for.
std::string DraftTogether(const Turn& turn, const std::vector<Ready>& ready,
                          const std::string& language) {
  std::vector<Dependants> dependants;
  dependants.reserve(ready.size());
  std::vector<GroupMember> members;
  for (const Ready& one : ready) {
    const Climber& climber = one.climber;
    dependants.push_back(DependantsOf(*climber.ticket, climber.standing->value_or(Standing())));
    members.push_back({*climber.blocker, *climber.ticket, &dependants.back()});
  }
  return turn.planner.DraftGroup(members, language, turn.now);
}

absl::Status Tell(const Turn& turn, const std::vector<Ready>& ready, Climbed* climbed) {
  std::vector<Escalation> steps;
  std::vector<std::string> titles;
  for (const Ready& one : ready) {
    steps.push_back(one.step);
    titles.push_back(one.climber.blocker->title);
  }
  Escalation message = ToldTogether(steps, titles);
  if (ready.size() > 1 && ready.front().due.terms.to_party) {
    message.draft_message = DraftTogether(turn, ready, message.draft_language);
  }
  message.create_time = turn.now;
  ASSIGN_OR_RETURN(message.id, turn.tx.InsertEscalation(message));
  const std::string remark =
      ready.size() == 1 ? "" : absl::StrCat(", told together with ", ready.size() - 1, " more");
  for (const Ready& one : ready) {
    RETURN_IF_ERROR(Record(one, message.id, turn, climbed));
    RETURN_IF_ERROR(Take(one, remark, turn));
  }
  climbed->messages.push_back(std::move(message));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Standing> StandingIn(const Turn& turn, const Climber& climber) {
  std::optional<Standing>& known = *climber.standing;
  if (known.has_value()) return *known;
  const TicketKey& ticket = climber.blocker->ticket;
  // Most tickets are linked to no other.
  ASSIGN_OR_RETURN(const bool linked, turn.tx.IsLinked(ticket));
  if (!linked) return known.emplace();
  ASSIGN_OR_RETURN(Links* const links, turn.tx.links());
  ASSIGN_OR_RETURN(known, StandingOf(ticket, turn.now, turn.daily_cost, *links));
  return *known;
}

absl::Status Climb(const Turn& turn, const std::vector<Climber>& climbers, absl::Time retry,
                   Climbed* climbed) {
  ASSIGN_OR_RETURN(std::vector<Ready> ready, FindReady(turn, climbers));
  if (ready.empty()) return absl::OkStatus();
  const std::string tenant = ready.front().climber.blocker->ticket.tenant;
  // From here on nobody else tells anybody of the tenant anything, whichever process he is in.
  RETURN_IF_ERROR(turn.tx.LockMessages(tenant));
  ASSIGN_OR_RETURN(const bool over_pace, IsOverPace(turn, tenant));
  if (over_pace) {
    for (const Ready& one : ready) {
      RETURN_IF_ERROR(PutOffTo(retry, PutOff::kPace, turn, one.climber, climbed));
    }
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(PutOffWhatMustWait(turn, &ready, climbed));
  RETURN_IF_ERROR(Word(turn, &ready));
  return ready.empty() ? absl::OkStatus() : Tell(turn, ready, climbed);
}

absl::StatusOr<std::vector<TakenStep>> SettleSteps(const Blocker& blocker, Transaction& tx) {
  std::vector<TakenStep> settled;
  if (blocker.escalation_level == 0 || !blocker.resolve_time.has_value()) return settled;
  ASSIGN_OR_RETURN(const std::vector<TakenStep> told,
                   tx.ListSteps(blocker.ticket.tenant, blocker.id, blocker.reopen_count()));
  settled = EndedAt(told, *blocker.resolve_time);
  for (const TakenStep& step : settled) RETURN_IF_ERROR(tx.PutStepOutcome(step));
  return settled;
}

}  // namespace clearway
