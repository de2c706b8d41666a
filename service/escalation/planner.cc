#include "service/escalation/planner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "service/domain/party.h"
#include "service/escalation/quote.h"
#include "service/escalation/template.h"
#include "service/escalation/wording.h"

namespace clearway {
namespace {

// Longest quotes from a ticket, bytes: enough to know it by, short enough for a chat message.
constexpr size_t kMaxKey = 80;
constexpr size_t kMaxName = 80;
constexpr size_t kMaxTitle = 200;
constexpr size_t kMaxEvidence = 120;

const std::string& TargetName(EscalationTarget target, const std::string& party,
                              const RoleNames& roles) {
  switch (target) {
    case EscalationTarget::kTeamLead:
      return roles.team_lead;
    case EscalationTarget::kManager:
      return roles.manager;
    case EscalationTarget::kSponsor:
      return roles.sponsor;
    case EscalationTarget::kParty:
      break;
  }
  return party;
}

TemplateFacts FactsOf(const Blocker& blocker, const std::string& party, Language language,
                      absl::Time now) {
  const bool chinese = language == Language::kChinese;
  TemplateFacts facts;
  facts.ticket = QuoteKey(blocker.ticket.key, kMaxKey);
  facts.title = Quote(blocker.title, kMaxTitle);
  if (facts.title.empty()) facts.title = chinese ? "无标题" : "untitled";
  facts.party = Quote(party, kMaxName);
  facts.age = AgeWords(now - blocker.spell_time, language);
  facts.since = absl::FormatTime("%Y-%m-%d", blocker.spell_time, absl::UTCTimeZone());
  facts.project = Quote(blocker.project, kMaxName);
  if (facts.project.empty()) facts.project = chinese ? "本项目" : "this project";
  return facts;
}

// The words that spoke loudest for the verdict; "" when there are none.
std::string StrongestWords(const std::vector<Evidence>& evidence) {
  const auto strongest =
      std::max_element(evidence.begin(), evidence.end(),
                       [](const Evidence& a, const Evidence& b) { return a.weight < b.weight; });
  return strongest == evidence.end() ? "" : Quote(strongest->text, kMaxEvidence);
}

std::string Rationale(const Blocker& blocker, const Ladder& ladder, int level, double urgency,
                      const TemplateFacts& facts, const std::string& words, const std::string& why,
                      Language language) {
  const absl::string_view priority = PriorityWords(blocker.priority, language);
  const absl::string_view category = CategoryWords(blocker.category, language);
  const absl::string_view reason = ReasonWords(blocker.reason, language);
  if (language == Language::kChinese) {
    return absl::StrCat("升级策略“", ladder.name, "”第 ", level, " 步（共 ", ladder.steps.size(),
                        " 步）：已卡住 ", facts.age, "（自 ", facts.since, " 起），优先级：",
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

// A person may give the category alone; what helps most blockers of it is then the nearest.
Reason CommonestReason(Category category) {
  switch (category) {
    case Category::kTechnical:
      return Reason::kDefect;
    case Category::kCommunication:
      return Reason::kAwaitingResponse;
    case Category::kResource:
      return Reason::kStaffing;
    case Category::kCrossTeam:
      return Reason::kTeamDependency;
    default:
      return Reason::kUnspecified;
  }
}

// Who reported the ticket and waits is not asked to act. Where words must flow it may be just the
// reporter who owes them.
bool IsReporterWaiting(const Blocker& blocker, const Ticket& ticket) {
  return blocker.category != Category::kCommunication &&
         SameParty(blocker.waiting_on, ticket.reporter);
}

// The words for a party, and whether they are the ticket's.
struct Party {
  std::string words;
  bool named = false;
};

Party PartyOf(const Blocker& blocker, const Ticket& ticket, const Playbook& playbook) {
  if (blocker.waiting_on.empty() || IsReporterWaiting(blocker, ticket)) {
    return {playbook.default_party, false};
  }
  return {blocker.waiting_on, true};
}

std::string RecipientOf(EscalationTarget target, const Party& party, const Blocker& blocker) {
  switch (target) {
    case EscalationTarget::kTeamLead:
      return absl::StrCat("team-lead/", blocker.project);
    case EscalationTarget::kManager:
      return absl::StrCat("manager/", blocker.project);
    case EscalationTarget::kSponsor:
      return absl::StrCat("sponsor/", blocker.project);
    case EscalationTarget::kParty:
      break;
  }
  // A usual party is another one in every project.
  if (!party.named) return absl::StrCat("usual/", party.words, "/", blocker.project);
  return absl::StrCat("party/", NormalizedParty(party.words));
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

// Where the policy does not group. A role hears of many parties; each is a matter of its own.
std::string GroupOfItself(const std::string& recipient, const std::string& channel,
                          const Blocker& blocker) {
  std::string group = absl::StrCat(recipient, "/", channel);
  if (!absl::StartsWith(recipient, "party/")) {
    absl::StrAppend(&group, "/", NormalizedParty(blocker.waiting_on));
  }
  return group;
}

int LevelsOf(const Ladder& ladder) { return static_cast<int>(ladder.steps.size()); }

const LadderStep& Rung(const Ladder& ladder, int level) {
  return ladder.steps[static_cast<size_t>(level) - 1];
}

}  // namespace

Planner::Planner(EscalationPolicy policy, Playbooks playbooks)
    : policy_(std::move(policy)),
      route_(policy_.route.has_value() ? *policy_.route : RouteOfLadders(policy_.ladders)),
      playbooks_(std::move(playbooks)) {}

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
  course.open = Find(policy_.quiet_hours, settings.quiet_hours.value_or(std::string()));
  for (const Mute& mute : policy_.mutes) {
    if (std::all_of(mute.match.begin(), mute.match.end(),
                    [&](const Matcher& matcher) { return matcher.Matches(facts); })) {
      course.mutes.push_back(&mute);
    }
  }
  course.rate_limit = settings.rate_limit.value_or(RateLimit());
  course.grouping = settings.grouping.value_or(Grouping());
  return course;
}

std::optional<Planner::Course> Planner::ClimbOf(const Blocker& blocker,
                                                const Ticket& ticket) const {
  if (blocker.state == BlockerState::kResolved || !IsBlocked(blocker.category) ||
      PlaybookFor(blocker) == nullptr) {
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

std::optional<int> Planner::DueLevel(const Blocker& blocker, const Ticket& ticket,
                                     absl::Time now) const {
  if (blocker.state == BlockerState::kSnoozed) return std::nullopt;
  const std::optional<Course> course = ClimbOf(blocker, ticket);
  if (!course.has_value()) return std::nullopt;
  const std::optional<absl::Time> next = NextDueOf(*course, blocker, now);
  if (!next.has_value() || *next > now) return std::nullopt;
  // Steps fall due one after the other, so what is not due hides nothing that is.
  int level = std::max(0, blocker.escalation_level) + 1;
  while (level < LevelsOf(*course->ladder) && TimingOf(*course, blocker, level + 1).due <= now) {
    ++level;
  }
  return level;
}

absl::Time Planner::Opening(const Blocker& blocker, const Ticket& ticket, absl::Time time) const {
  const Course course = CourseOf(blocker, ticket);
  return FirstOpening(time, course.open, course.mutes);
}

Planner::Address Planner::AddressOf(const Course& course, const Blocker& blocker,
                                    const Ticket& ticket, const Playbook& playbook, int level,
                                    absl::Time told) {
  const LadderStep& rung = Rung(*course.ladder, level);
  const Party party = PartyOf(blocker, ticket, playbook);
  Address address{RecipientOf(rung.target, party, blocker), ""};
  if (party.named && IsGrouped(course.grouping, rung, blocker)) {
    address.group =
        absl::StrCat(address.recipient, "/", rung.channel, "/",
                     absl::FormatTime("%Y-%m-%dT%H:%MZ", SlotBegin(told, course.grouping.interval),
                                      absl::UTCTimeZone()));
  }
  return address;
}

std::string Planner::DueGroup(const Blocker& blocker, const Ticket& ticket, absl::Time now) const {
  const std::optional<int> level = DueLevel(blocker, ticket, now);
  const std::optional<Course> course = ClimbOf(blocker, ticket);
  if (!level.has_value() || !course.has_value()) return "";
  Address address = AddressOf(*course, blocker, ticket, *PlaybookFor(blocker), *level, now);
  if (!address.group.empty()) return std::move(address.group);
  return GroupOfItself(address.recipient, Rung(*course->ladder, *level).channel, blocker);
}

MessageTerms Planner::TermsOf(const Blocker& blocker, const Ticket& ticket, int level) const {
  const Course course = CourseOf(blocker, ticket);
  MessageTerms terms;
  terms.limit = course.rate_limit;
  if (course.ladder == nullptr) return terms;
  const Playbook* const playbook = PlaybookFor(blocker);
  if (playbook != nullptr && PartyOf(blocker, ticket, *playbook).named &&
      IsGrouped(course.grouping, Rung(*course.ladder, level), blocker)) {
    terms.interval = course.grouping.interval;
  }
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
                                      const std::vector<Evidence>& evidence, absl::Time now) const {
  return PlanLevels(blocker, ticket, 1, std::numeric_limits<int>::max(), evidence, now);
}

std::optional<Escalation> Planner::PlanLevel(const Blocker& blocker, const Ticket& ticket,
                                             int level, const std::vector<Evidence>& evidence,
                                             absl::Time now) const {
  std::vector<Escalation> plan = PlanLevels(blocker, ticket, level, level, evidence, now);
  if (plan.empty()) return std::nullopt;
  return std::move(plan.front());
}

std::vector<Escalation> Planner::PlanLevels(const Blocker& blocker, const Ticket& ticket, int first,
                                            int last, const std::vector<Evidence>& evidence,
                                            absl::Time now) const {
  std::vector<Escalation> plan;
  const std::optional<Course> course = ClimbOf(blocker, ticket);
  if (!course.has_value()) return plan;
  const Ladder& ladder = *course->ladder;
  const Playbook& playbook = *PlaybookFor(blocker);
  const Language language = LanguageOf(blocker.language);
  const std::string code(LanguageCode(language));
  const RoleNames& roles = playbooks_.roles.find(code)->second;
  const Party party = PartyOf(blocker, ticket, playbook);
  const TemplateFacts facts = FactsOf(blocker, party.words, language, now);
  const std::string words = StrongestWords(evidence);
  const std::string why = RenderTemplate(playbook.rationale, facts);
  const double urgency = UrgencyOf(*course, blocker, now);
  std::vector<std::string> steps;
  for (const std::string& step : playbook.steps) steps.push_back(RenderTemplate(step, facts));

  last = std::min(last, LevelsOf(ladder));
  for (int level = std::max(first, 1); level <= last; ++level) {
    const LadderStep& rung = Rung(ladder, level);
    Escalation step;
    step.blocker_id = blocker.id;
    step.ticket = blocker.ticket;
    step.level = level;
    step.target = TargetName(rung.target, party.words, roles);
    step.channel = rung.channel;
    step.due_time = TimingOf(*course, blocker, level).due;
    if (step.due_time == absl::InfiniteFuture()) break;
    step.steps = steps;
    step.draft_message =
        RenderTemplate(step.level == 1 ? playbook.nudge : playbook.escalation, facts);
    step.rationale = Rationale(blocker, ladder, step.level, urgency, facts, words, why, language);
    step.language = code;
    step.category = blocker.category;
    step.reason = blocker.reason;
    step.policy = ladder.name;
    // What is late is told now, with what else is.
    Address address =
        AddressOf(*course, blocker, ticket, playbook, level, std::max(now, step.due_time));
    step.recipient = std::move(address.recipient);
    step.group = std::move(address.group);
    step.urgency = urgency;
    plan.push_back(std::move(step));
  }
  return plan;
}

const Playbook* Planner::PlaybookFor(const Blocker& blocker) const {
  const std::string code(LanguageCode(LanguageOf(blocker.language)));
  const Reason reason =
      blocker.reason == Reason::kUnspecified ? CommonestReason(blocker.category) : blocker.reason;
  const auto found = playbooks_.by_reason.find({reason, code});
  if (found == playbooks_.by_reason.end() || !playbooks_.roles.contains(code)) return nullptr;
  return &found->second;
}

}  // namespace clearway
