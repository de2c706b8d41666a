#include "service/escalation/planner.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/domain/party.h"

namespace clearway {
namespace {

// Stands for a calendar where nobody gave one: the days of the week that most people work.
BusinessCalendar Weekdays() {
  BusinessCalendar::Spec spec;
  spec.name = "weekdays";
  spec.zone = absl::UTCTimeZone();
  // Monday to Friday.
  for (size_t day = 0; day < 5; ++day) spec.week[day] = {{0, 24 * 60}};
  return *BusinessCalendar::Create(std::move(spec));
}

const BusinessCalendar* Find(const std::map<std::string, BusinessCalendar>& calendars,
                             const std::string& name) {
  const auto found = calendars.find(name);
  return found == calendars.end() ? nullptr : &found->second;
}

bool IsGrouped(const Grouping& grouping, const LadderStep& rung, const Blocker& blocker) {
  return grouping.interval > absl::ZeroDuration() && rung.target == EscalationTarget::kParty &&
         !blocker.waiting_on.empty();
}

// One form for all spellings of whom the ticket waits for.
std::string PartyKey(const WaitedFor& party, const Blocker& blocker) {
  return NormalizedParty(party.known != nullptr ? party.known->self.name : blocker.waiting_on);
}

}  // namespace

Planner::Planner(EscalationPolicy policy, const Playbooks& playbooks, Directory directory)
    : policy_(std::move(policy)),
      route_(policy_.route.has_value() ? *policy_.route : RouteOfLadders(policy_.ladders)),
      playbooks_(playbooks),
      directory_(std::move(directory)),
      weekdays_(Weekdays()) {}

Planner::Course Planner::CourseOf(const Blocker& blocker, const Ticket& ticket,
                                  std::vector<RouteTried>* trace) const {
  const MatchFacts facts(blocker, ticket);
  Course course;
  course.decision = Decide(route_, facts, trace);
  const RouteSettings& settings = course.decision.settings;
  for (const Ladder& ladder : policy_.ladders) {
    if (settings.ladder.has_value() && ladder.name == *settings.ladder) course.ladder = &ladder;
  }
  if (course.ladder != nullptr && course.ladder->business_time) {
    const std::string& own = course.ladder->calendar;
    course.calendar =
        Find(policy_.calendars, own.empty() ? settings.calendar.value_or(std::string()) : own);
  }
  course.working_days = course.calendar != nullptr
                            ? course.calendar
                            : Find(policy_.calendars, settings.calendar.value_or(std::string()));
  course.open = Find(policy_.quiet_hours, settings.quiet_hours.value_or(std::string()));
  for (const Mute& mute : policy_.mutes) {
    if (std::all_of(mute.match.begin(), mute.match.end(),
                    [&](const Matcher& matcher) { return matcher.Matches(facts); })) {
      course.mutes.push_back(&mute);
    }
  }
  for (const DailyCost& cost : policy_.costs) {
    if (course.cost != nullptr) break;
    if (std::all_of(cost.match.begin(), cost.match.end(),
                    [&](const Matcher& matcher) { return matcher.Matches(facts); })) {
      course.cost = &cost;
    }
  }
  course.rate_limit = settings.rate_limit.value_or(RateLimit());
  course.grouping = settings.grouping.value_or(Grouping());
  return course;
}

std::optional<Planner::Course> Planner::ClimbOf(const Blocker& blocker,
                                                const Ticket& ticket) const {
  if (blocker.state == BlockerState::kResolved || !IsBlocked(blocker.category) ||
      playbooks_.Find(blocker, LanguageCodeOf(blocker)) == nullptr) {
    return std::nullopt;
  }
  Course course = CourseOf(blocker, ticket);
  if (course.ladder == nullptr) return std::nullopt;
  return course;
}

StepTiming Planner::TimingOf(const Course& course, const Blocker& blocker, int level) {
  const LadderStep& rung = course.ladder->rung(level);
  const auto due = [&](const LadderStep& step) {
    return DueTime(blocker.spell_time, DelayOf(step, course.calendar), blocker.snoozes,
                   course.calendar);
  };
  StepTiming timing;
  timing.nominal = due(rung);
  timing.due = timing.nominal;
  if (IsGrouped(course.grouping, rung, blocker)) {
    const absl::Time slot = GroupSlot(timing.nominal, course.grouping.interval);
    // Nobody is passed over for the sake of a list: the next step must come after this one.
    const bool in_time =
        level == course.ladder->levels() || slot < due(course.ladder->rung(level + 1));
    if (in_time && slot > timing.nominal) {
      timing.holds.push_back({Hold::Cause::kGroup, "", slot});
      timing.due = slot;
    }
  }
  timing.due = FirstOpening(timing.due, course.open, course.mutes, &timing.holds);
  return timing;
}

std::optional<absl::Time> Planner::NextDueOf(const Course& course, const Blocker& blocker,
                                             absl::Time now) {
  if (blocker.state == BlockerState::kAcknowledged) return std::nullopt;
  if (blocker.state == BlockerState::kSnoozed) return blocker.snooze_end_time();
  const int next = std::max(0, blocker.escalation_level) + 1;
  if (next > course.ladder->levels()) return std::nullopt;
  absl::Time due = TimingOf(course, blocker, next).due;
  if (due <= now) {
    const absl::Time opening = FirstOpening(now, course.open, course.mutes);
    if (opening > now) due = opening;
  }
  if (due == absl::InfiniteFuture()) return std::nullopt;
  return due;
}

std::optional<absl::Time> Planner::NextDue(const Blocker& blocker, const Ticket& ticket,
                                           absl::Time now) const {
  // A snooze ends by itself whatever the policy says.
  if (blocker.state == BlockerState::kSnoozed) return blocker.snooze_end_time();
  const std::optional<Course> course = ClimbOf(blocker, ticket);
  if (!course.has_value()) return std::nullopt;
  return NextDueOf(*course, blocker, now);
}

std::optional<DueStep> Planner::Due(const Blocker& blocker, const Ticket& ticket,
                                    absl::Time now) const {
  return Look(blocker, ticket, now).due;
}

Prospect Planner::Look(const Blocker& blocker, const Ticket& ticket, absl::Time now) const {
  if (blocker.state == BlockerState::kSnoozed) return {blocker.snooze_end_time(), std::nullopt};
  const std::optional<Course> course = ClimbOf(blocker, ticket);
  if (!course.has_value()) return {};
  Prospect prospect{NextDueOf(*course, blocker, now), std::nullopt};
  if (prospect.next.has_value() && *prospect.next <= now) {
    prospect.due = HighestDue(*course, blocker, ticket, now);
  }
  return prospect;
}

DueStep Planner::HighestDue(const Course& course, const Blocker& blocker, const Ticket& ticket,
                            absl::Time now) const {
  // Steps fall due one after the other, so what is not due hides nothing that is.
  int level = std::max(0, blocker.escalation_level) + 1;
  while (level < course.ladder->levels() && TimingOf(course, blocker, level + 1).due <= now) {
    ++level;
  }
  Address address = AddressOf(course, blocker, ticket, level, now);
  const MessageTerms terms = TermsOf(course, blocker, address, level);
  return DueStep{level, std::move(address.to.recipient), std::move(address.group), terms};
}

absl::Time Planner::Opening(const Blocker& blocker, const Ticket& ticket, absl::Time time) const {
  const Course course = CourseOf(blocker, ticket);
  return FirstOpening(time, course.open, course.mutes);
}

Planner::Address Planner::AddressOf(const Course& course, const Blocker& blocker,
                                    const Ticket& ticket, int level, absl::Time told) const {
  const LadderStep& rung = course.ladder->rung(level);
  const std::string code = LanguageCodeOf(blocker);
  const WaitedFor party =
      WaitedForBy(blocker, ticket, playbooks_.Find(blocker, code)->default_party, directory_);
  Address address;
  address.to = AddresseeOf(rung.target, party, blocker, ticket, playbooks_.RolesIn(code));
  address.channel = address.to.channel.empty() ? rung.channel : address.to.channel;
  address.to_party = party.named && rung.target == EscalationTarget::kParty;
  address.grouped = address.to_party && IsGrouped(course.grouping, rung, blocker);
  address.group = absl::StrCat(address.to.recipient, "/", address.channel);
  if (address.grouped) {
    absl::StrAppend(&address.group, "/",
                    absl::FormatTime("%Y-%m-%dT%H:%MZ", SlotBegin(told, course.grouping.interval),
                                     absl::UTCTimeZone()));
  } else if (!address.to_party) {
    // A role, or who leads several parties, hears of each as a matter of its own.
    absl::StrAppend(&address.group, "/", PartyKey(party, blocker));
  }
  return address;
}

MessageTerms Planner::TermsOf(const Course& course, const Blocker& blocker, const Address& address,
                              int level) {
  MessageTerms terms;
  terms.limit = course.rate_limit;
  terms.to_party = address.to_party;
  if (address.grouped) terms.interval = course.grouping.interval;
  if (level < course.ladder->levels()) {
    const absl::Time next = TimingOf(course, blocker, level + 1).due;
    if (next != absl::InfiniteFuture()) terms.next_step = next;
  }
  return terms;
}

double Planner::UrgencyOf(const Course& course, const Blocker& blocker, absl::Time now) {
  const double days =
      course.calendar == nullptr
          ? absl::FDivDuration(now - blocker.spell_time, absl::Hours(24))
          : absl::FDivDuration(course.calendar->BusinessTimeBetween(blocker.spell_time, now),
                               course.calendar->day_length());
  return Urgency(blocker.priority, days);
}

double Planner::UrgencyOf(const Blocker& blocker, const Ticket& ticket, absl::Time now) const {
  return UrgencyOf(CourseOf(blocker, ticket), blocker, now);
}

std::vector<std::string> Planner::LadderNames() const {
  std::vector<std::string> names;
  names.reserve(policy_.ladders.size());
  for (const Ladder& ladder : policy_.ladders) names.push_back(ladder.name);
  return names;
}

PolicyExplanation Planner::Explain(const Blocker& blocker, const Ticket& ticket,
                                   absl::Time now) const {
  PolicyExplanation explanation;
  Course course = CourseOf(blocker, ticket, &explanation.tried);
  explanation.ladder = course.ladder;
  explanation.calendar = course.calendar;
  explanation.open = course.open;
  explanation.mutes = course.mutes;
  if (course.ladder != nullptr) {
    for (int level = 1; level <= course.ladder->levels(); ++level) {
      explanation.steps.push_back(TimingOf(course, blocker, level));
    }
  }
  explanation.urgency = UrgencyOf(course, blocker, now);
  explanation.decision = std::move(course.decision);
  return explanation;
}

}  // namespace clearway
