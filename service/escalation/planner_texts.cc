// What a step says. When it is due, and whom it goes to: planner.cc.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "service/escalation/group_message.h"
#include "service/escalation/planner.h"
#include "service/escalation/quote.h"
#include "service/escalation/wording.h"

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

}  // namespace

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
    return AddresseeOf(course.ladder->rung(rung).target, party, blocker, situation.ticket, roles);
  };
  TemplateFacts facts = FactsOf(situation, party.words, language);
  const absl::Time from = std::max(due, situation.now);
  const absl::Time next_due = level < course.ladder->levels()
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
  last = std::min(last, course->ladder->levels());
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
  const std::string code = LanguageCodeOf(blocker);
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
