#include "service/escalation/planner.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"

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

template <typename T>
bool MatchesAny(const std::set<T>& wanted, T value) {
  return wanted.empty() || wanted.contains(value);
}

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

std::string Rationale(const Blocker& blocker, const Ladder& ladder, int level,
                      const TemplateFacts& facts, const std::string& words, const std::string& why,
                      Language language) {
  const absl::string_view priority = PriorityWords(blocker.priority, language);
  const absl::string_view category = CategoryWords(blocker.category, language);
  const absl::string_view reason = ReasonWords(blocker.reason, language);
  if (language == Language::kChinese) {
    return absl::StrCat("升级策略“", ladder.name, "”第 ", level, " 步（共 ", ladder.steps.size(),
                        " 步）：已卡住 ", facts.age, "（自 ", facts.since, " 起），优先级：",
                        priority, "，原因：", category, "（", reason, "）。",
                        words.empty() ? "" : absl::StrCat("工单原话：“", words, "”。"), why);
  }
  return absl::StrCat("Step ", level, " of ", ladder.steps.size(), " of the policy \"", ladder.name,
                      "\": stuck for ", facts.age, " (since ", facts.since, "), priority ",
                      priority, ", cause ", category, " (", reason, "). ",
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

}  // namespace

std::vector<Escalation> Planner::Plan(const Blocker& blocker, const std::vector<Evidence>& evidence,
                                      absl::Time now) const {
  return PlanLevels(blocker, 1, std::numeric_limits<int>::max(), evidence, now);
}

std::optional<Escalation> Planner::PlanLevel(const Blocker& blocker, int level,
                                             const std::vector<Evidence>& evidence,
                                             absl::Time now) const {
  std::vector<Escalation> plan = PlanLevels(blocker, level, level, evidence, now);
  if (plan.empty()) return std::nullopt;
  return std::move(plan.front());
}

std::optional<int> Planner::DueLevel(const Blocker& blocker, absl::Time now) const {
  // Steps fall due one after the other, so what is not due hides nothing that is.
  if (!NextDue(blocker).has_value()) return std::nullopt;
  const std::vector<LadderStep>& steps = LadderFor(blocker)->steps;
  int level = std::max(0, blocker.escalation_level);
  const int first = level;
  while (level < static_cast<int>(steps.size()) &&
         blocker.spell_time + steps[static_cast<size_t>(level)].after <= now) {
    ++level;
  }
  if (level == first) return std::nullopt;
  return level;
}

std::vector<Escalation> Planner::PlanLevels(const Blocker& blocker, int first, int last,
                                            const std::vector<Evidence>& evidence,
                                            absl::Time now) const {
  std::vector<Escalation> plan;
  const Ladder* ladder = LadderFor(blocker);
  const Playbook* playbook = PlaybookFor(blocker);
  if (ladder == nullptr || playbook == nullptr) return plan;
  const Language language = LanguageOf(blocker.language);
  const std::string code(LanguageCode(language));
  const RoleNames& roles = playbooks_.roles.find(code)->second;
  const std::string& party =
      blocker.waiting_on.empty() ? playbook->default_party : blocker.waiting_on;
  const TemplateFacts facts = FactsOf(blocker, party, language, now);
  const std::string words = StrongestWords(evidence);
  const std::string why = RenderTemplate(playbook->rationale, facts);
  std::vector<std::string> steps;
  for (const std::string& step : playbook->steps) steps.push_back(RenderTemplate(step, facts));

  last = std::min(last, static_cast<int>(ladder->steps.size()));
  for (int level = std::max(first, 1); level <= last; ++level) {
    const LadderStep& rung = ladder->steps[static_cast<size_t>(level) - 1];
    Escalation step;
    step.blocker_id = blocker.id;
    step.ticket = blocker.ticket;
    step.level = level;
    step.target = TargetName(rung.target, party, roles);
    step.channel = rung.channel;
    step.due_time = blocker.spell_time + rung.after;
    step.steps = steps;
    step.draft_message =
        RenderTemplate(step.level == 1 ? playbook->nudge : playbook->escalation, facts);
    step.rationale = Rationale(blocker, *ladder, step.level, facts, words, why, language);
    step.language = code;
    step.category = blocker.category;
    step.reason = blocker.reason;
    step.policy = ladder->name;
    plan.push_back(std::move(step));
  }
  return plan;
}

std::optional<absl::Time> Planner::NextDue(const Blocker& blocker) const {
  if (blocker.state == BlockerState::kAcknowledged) return std::nullopt;
  const Ladder* ladder = LadderFor(blocker);
  if (ladder == nullptr || PlaybookFor(blocker) == nullptr) return std::nullopt;
  const size_t next = static_cast<size_t>(std::max(0, blocker.escalation_level));
  if (next >= ladder->steps.size()) return std::nullopt;
  return blocker.spell_time + ladder->steps[next].after;
}

const Ladder* Planner::LadderFor(const Blocker& blocker) const {
  if (blocker.state == BlockerState::kResolved || !IsBlocked(blocker.category)) return nullptr;
  for (const Ladder& ladder : policy_.ladders) {
    if (MatchesAny(ladder.priorities, blocker.priority) &&
        MatchesAny(ladder.categories, blocker.category) &&
        MatchesAny(ladder.reasons, blocker.reason)) {
      return &ladder;
    }
  }
  return nullptr;
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
