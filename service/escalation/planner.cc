#include "service/escalation/planner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"

#include "service/domain/party.h"
#include "service/escalation/addressee.h"
#include "service/escalation/group_message.h"
#include "service/escalation/quote.h"

namespace clearway {
namespace {

// Longest name of a target in a text, bytes.
constexpr size_t kMaxTarget = 120;

std::string Rationale(const Blocker& blocker, const Ladder& ladder, int level, double urgency,
                      const TemplateFacts& facts, const std::string& why, Language language) {
  const std::string& words = facts.quote;
  const absl::string_view priority = PriorityWords(blocker.priority, language);
  const absl::string_view category = CategoryWords(blocker.category, language);
  const absl::string_view reason = ReasonWords(blocker.reason, language);
  if (language == Language::kChinese) {
    return absl::StrCat("升级策略“", ladder.name, "”第 ", level, " 步（共 ", ladder.steps.size(),
                        " 步）：已卡住 ", facts.age, "（自 ", facts.since, "起），优先级：",
                        priority, "，紧迫度：", absl::StrCat(std::lround(urgency)), "/100，原因：",
                        category, "（", reason, "）。",
                        words.empty() ? "" : absl::StrCat("工单原话：“", words, "”。"), why);
  }
  return absl::StrCat("Step ", level, " of ", ladder.steps.size(), " of the policy \"", ladder.name,
                      "\": stuck for ", facts.age, " (since ", facts.since, "), priority ",
                      priority, ", urgency ", std::lround(urgency), " of 100, cause ", category,
                      " (", reason, "). ",
                      words.empty() ? "" : absl::StrCat("The ticket says: \"", words, "\". "), why);
}

// Stands for a calendar where nobody gave one: the days of the week that most people work.
BusinessCalendar Weekdays() {
  BusinessCalendar::Spec spec;
  spec.name = "weekdays";
  spec.zone = absl::UTCTimeZone();
  // Monday to Friday.
  for (size_t day = 0; day < 5; ++day) spec.week[day] = {{0, 24 * 60}};
  return *BusinessCalendar::Create(std::move(spec));
}

// A moment of the last working day that comes after the day of `from` and not after `latest`; where
// there is none the first working moment after that: nobody is asked to answer on a day off.
absl::Time WorkingDayNear(const BusinessCalendar& calendar, absl::Time from, absl::Time latest) {
  const absl::CivilDay first = absl::ToCivilDay(from, calendar.zone()) + 1;
  for (absl::CivilDay day = absl::ToCivilDay(latest, calendar.zone()); day >= first; --day) {
    const absl::Time begin = absl::FromCivil(day, calendar.zone());
    const absl::Time end = std::min(latest, absl::FromCivil(day + 1, calendar.zone()));
    const absl::Time opening = calendar.NextOpening(begin);
    if (opening < end) return opening;
  }
  return calendar.NextOpening(latest);
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

// Of the language that texts about it are in.
std::string CodeOf(const Blocker& blocker) {
  return std::string(LanguageCode(LanguageOf(blocker.language)));
}

int LevelsOf(const Ladder& ladder) { return static_cast<int>(ladder.steps.size()); }

const LadderStep& Rung(const Ladder& ladder, int level) {
  return ladder.steps[static_cast<size_t>(level) - 1];
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
      playbooks_.Find(blocker, CodeOf(blocker)) == nullptr) {
    return std::nullopt;
  }
  Course course = CourseOf(blocker, ticket);
  if (course.ladder == nullptr) return std::nullopt;
  return course;
}

StepTiming Planner::TimingOf(const Course& course, const Blocker& blocker, int level) {
  const LadderStep& rung = Rung(*course.ladder, level);
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
        level == LevelsOf(*course.ladder) || slot < due(Rung(*course.ladder, level + 1));
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
  if (next > LevelsOf(*course.ladder)) return std::nullopt;
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
  while (level < LevelsOf(*course.ladder) && TimingOf(course, blocker, level + 1).due <= now) {
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
  const LadderStep& rung = Rung(*course.ladder, level);
  const std::string code = CodeOf(blocker);
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
  if (level < LevelsOf(*course.ladder)) {
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
    for (int level = 1; level <= LevelsOf(*course.ladder); ++level) {
      explanation.steps.push_back(TimingOf(course, blocker, level));
    }
  }
  explanation.urgency = UrgencyOf(course, blocker, now);
  explanation.decision = std::move(course.decision);
  return explanation;
}

std::vector<Escalation> Planner::Plan(const Blocker& blocker, const Ticket& ticket,
                                      const std::vector<Evidence>& evidence, absl::Time now,
                                      const Standing& standing) const {
  return PlanLevels(blocker, ticket, 1, std::numeric_limits<int>::max(), evidence, now, standing);
}

std::optional<Escalation> Planner::PlanLevel(const Blocker& blocker, const Ticket& ticket,
                                             int level, const std::vector<Evidence>& evidence,
                                             absl::Time now, const Standing& standing) const {
  std::vector<Escalation> plan = PlanLevels(blocker, ticket, level, level, evidence, now, standing);
  if (plan.empty()) return std::nullopt;
  return std::move(plan.front());
}

Situation Planner::SituationOf(const Course& course, const Blocker& blocker, const Ticket& ticket,
                               const std::vector<Evidence>& evidence, const Dependants& dependants,
                               const Standing& standing, absl::Time now) const {
  const bool given = course.working_days != nullptr;
  return {blocker,    ticket,      evidence,
          dependants, standing,    given ? *course.working_days : weekdays_,
          given,      course.cost, now};
}

absl::Time Planner::AddAnswerDay(const PreparedPlaybook& playbook, const Situation& situation,
                                 absl::Time from, absl::Time latest, Language language,
                                 TemplateFacts* facts) {
  const BusinessCalendar& calendar = situation.calendar;
  absl::Time by = calendar.AddBusinessTime(from, playbook.answer_days * calendar.day_length());
  if (latest > from && latest < by) by = WorkingDayNear(calendar, from, latest);
  if (by == absl::InfiniteFuture()) return by;
  facts->by = WeekdayWords(absl::ToCivilDay(by, calendar.zone()),
                           absl::ToCivilDay(situation.now, calendar.zone()), language);
  return by;
}

void Planner::AddSharedTexts(const PreparedTexts& shared, const std::string& name,
                             TemplateFacts* facts) {
  facts->name = name;
  facts->hello = name.empty() ? shared.as_given.hello : shared.hello_name.Render(*facts);
  facts->effect = shared.effect.Render(*facts);
  facts->situation = shared.situation.Render(*facts);
}

TemplateFacts Planner::StepFacts(const Course& course, const Situation& situation, int level,
                                 absl::Time due, Language language) const {
  const Blocker& blocker = situation.blocker;
  const std::string code(LanguageCode(language));
  const PreparedPlaybook& playbook = *playbooks_.Find(blocker, code);
  const RoleNames& roles = playbooks_.RolesIn(code);
  const WaitedFor party =
      WaitedForBy(blocker, situation.ticket, playbook.default_party, directory_);
  const auto addressee = [&](int rung) {
    return AddresseeOf(Rung(*course.ladder, rung).target, party, blocker, situation.ticket, roles);
  };
  TemplateFacts facts = FactsOf(situation, party.words, language);
  const absl::Time from = std::max(due, situation.now);
  const absl::Time next_due = level < LevelsOf(*course.ladder)
                                  ? TimingOf(course, blocker, level + 1).due
                                  : absl::InfiniteFuture();
  const absl::Time by = AddAnswerDay(playbook, situation, from, next_due, language, &facts);
  // A step that is past, or never comes, is not announced; one to come not before the answer.
  if (next_due > from && next_due != absl::InfiniteFuture()) {
    const absl::TimeZone& zone = situation.calendar.zone();
    facts.next = Quote(addressee(level + 1).words, kMaxTarget);
    facts.next_date = DateWords(
        absl::ToCivilDay(by == absl::InfiniteFuture() ? next_due : std::max(next_due, by), zone),
        absl::ToCivilDay(situation.now, zone), language);
  }
  AddSharedTexts(playbooks_.SharedIn(code), addressee(level).name, &facts);
  return facts;
}

std::vector<Escalation> Planner::PlanLevels(const Blocker& blocker, const Ticket& ticket, int first,
                                            int last, const std::vector<Evidence>& evidence,
                                            absl::Time now, const Standing& standing) const {
  std::vector<Escalation> plan;
  const std::optional<Course> course = ClimbOf(blocker, ticket);
  if (!course.has_value()) return plan;
  const Dependants dependants = DependantsOf(ticket, standing);
  const Situation situation =
      SituationOf(*course, blocker, ticket, evidence, dependants, standing, now);
  last = std::min(last, LevelsOf(*course->ladder));
  for (int level = std::max(first, 1); level <= last; ++level) {
    const absl::Time due = TimingOf(*course, blocker, level).due;
    if (due == absl::InfiniteFuture()) break;
    plan.push_back(Step(*course, situation, level, due));
  }
  return plan;
}

Escalation Planner::Step(const Course& course, const Situation& situation, int level,
                         absl::Time due) const {
  const Blocker& blocker = situation.blocker;
  const std::string code = CodeOf(blocker);
  // What is late is told now, with what else is.
  const Address address =
      AddressOf(course, blocker, situation.ticket, level, std::max(situation.now, due));
  const Addressee& to = address.to;
  Escalation step;
  step.blocker_id = blocker.id;
  step.ticket = blocker.ticket;
  step.level = level;
  step.target = to.words;
  step.recipient = to.recipient;
  step.handle = to.handle;
  step.channel = address.channel;
  step.due_time = due;
  step.language = code;
  // Who reads another language than the ticket's is written to in his own.
  step.draft_language =
      to.language.empty() || playbooks_.Find(blocker, to.language) == nullptr ? code : to.language;
  step.category = blocker.category;
  step.reason = blocker.reason;
  step.policy = course.ladder->name;
  step.urgency = UrgencyOf(course, blocker, situation.now);
  if (address.grouped) step.group = address.group;
  AddTexts(course, situation, &step);
  return step;
}

void Planner::AddTexts(const Course& course, const Situation& situation, Escalation* step) const {
  const Language language = LanguageOf(step->language);
  const TemplateFacts facts = StepFacts(course, situation, step->level, step->due_time, language);
  const PreparedPlaybook& playbook = *playbooks_.Find(situation.blocker, step->language);
  for (const Template& text : playbook.steps) step->steps.push_back(text.Render(facts));
  step->next_step = playbook.next_step.Render(facts);
  step->fallback = playbook.fallback.Render(facts);
  const std::string next_rung = playbooks_.SharedIn(step->language).next_rung.Render(facts);
  if (!next_rung.empty()) {
    const bool blank = !step->fallback.empty() && language != Language::kChinese;
    absl::StrAppend(&step->fallback, blank ? " " : "", next_rung);
  }
  std::string said_by_links = StandingWords(situation.standing, language);
  if (!said_by_links.empty() && language == Language::kEnglish) said_by_links += " ";
  step->rationale = absl::StrCat(
      said_by_links, Rationale(situation.blocker, *course.ladder, step->level, step->urgency, facts,
                               playbook.rationale.Render(facts), language));
  const PreparedPlaybook& writing = *playbooks_.Find(situation.blocker, step->draft_language);
  const Template& draft = step->level == 1 ? writing.nudge : writing.escalation;
  step->draft_message = step->draft_language == step->language
                            ? draft.Render(facts)
                            : draft.Render(StepFacts(course, situation, step->level, step->due_time,
                                                     LanguageOf(step->draft_language)));
}

std::string Planner::DraftGroup(const std::vector<GroupMember>& members,
                                const std::string& language, absl::Time now) const {
  static const std::vector<Evidence> kNoEvidence;
  const Standing nothing_known;
  const Language in = LanguageOf(language);
  const std::string code(LanguageCode(in));
  std::vector<GroupItem> items;
  TemplateFacts common;
  int answer_days = std::numeric_limits<int>::max();
  for (const GroupMember& member : members) {
    const PreparedPlaybook* playbook = playbooks_.Find(member.blocker, code);
    if (playbook == nullptr) continue;
    const Course course = CourseOf(member.blocker, member.ticket);
    const Dependants own =
        member.dependants == nullptr ? DependantsOf(member.ticket) : *member.dependants;
    const Situation situation =
        SituationOf(course, member.blocker, member.ticket, kNoEvidence, own, nothing_known, now);
    const WaitedFor party =
        WaitedForBy(member.blocker, member.ticket, playbook->default_party, directory_);
    GroupItem item{FactsOf(situation, party.words, in), own.count,
                   UrgencyOf(course, member.blocker, now)};
    // The day that suits all is the soonest: who has only one date to keep need not sort them.
    if (playbook->answer_days < answer_days) {
      answer_days = playbook->answer_days;
      AddAnswerDay(*playbook, situation, now, absl::InfiniteFuture(), in, &common);
    }
    if (common.party.empty()) common.party = item.facts.party;
    items.push_back(std::move(item));
  }
  const SharedTexts& shared = playbooks_.SharedIn(code).as_given;
  common.hello = shared.hello;
  return GroupMessage(std::move(items), shared, std::move(common), in);
}

}  // namespace clearway
