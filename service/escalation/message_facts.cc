#include "service/escalation/message_facts.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "service/domain/party.h"
#include "service/escalation/quote.h"

namespace clearway {
namespace {

// Longest quotes from a ticket, bytes: enough to know it by, short enough for a chat message.
constexpr size_t kMaxKey = 80;
constexpr size_t kMaxName = 80;
constexpr size_t kMaxTitle = 200;
constexpr size_t kMaxEvidence = 120;

// Whoever is worked for waits; not, of course, who is waited for.
std::string WaiterOf(const Situation& situation) {
  const std::string& assignee = situation.ticket.assignee;
  if (SameParty(assignee, situation.blocker.waiting_on)) return "";
  return Quote(assignee, kMaxName);
}

// The words that spoke loudest for the verdict; "" when there are none.
std::string StrongestWords(const std::vector<Evidence>& evidence) {
  const auto strongest =
      std::max_element(evidence.begin(), evidence.end(),
                       [](const Evidence& a, const Evidence& b) { return a.weight < b.weight; });
  return strongest == evidence.end() ? "" : Quote(strongest->text, kMaxEvidence);
}

// A cut text is cut again before the word that was cut, unless that is very long.
std::string AtAWord(std::string text) {
  absl::string_view rest = text;
  const size_t blank = rest.rfind(' ');
  constexpr size_t kLongWord = 20;
  if (!absl::ConsumeSuffix(&rest, "…") || blank == absl::string_view::npos ||
      rest.size() - blank > kLongWord) {
    return text;
  }
  return absl::StrCat(rest.substr(0, blank), "…");
}

// The message sets a full stop of its own after it.
std::string WithoutStop(std::string text) {
  absl::string_view rest = text;
  while (absl::ConsumeSuffix(&rest, ".") || absl::ConsumeSuffix(&rest, "。")) {
  }
  return std::string(absl::StripTrailingAsciiWhitespace(rest));
}

}  // namespace

int64_t WorkingDaysStuck(const Situation& situation) {
  const BusinessCalendar& calendar = situation.calendar;
  return static_cast<int64_t>(std::floor(
      absl::FDivDuration(calendar.BusinessTimeBetween(situation.blocker.spell_time, situation.now),
                         calendar.day_length())));
}

TemplateFacts FactsOf(const Situation& situation, const std::string& party, Language language) {
  const bool chinese = language == Language::kChinese;
  const Blocker& blocker = situation.blocker;
  const absl::TimeZone& zone = situation.calendar.zone();
  const int64_t days = WorkingDaysStuck(situation);
  TemplateFacts facts;
  facts.ticket = QuoteKey(blocker.ticket.key, kMaxKey);
  if (facts.ticket.empty()) facts.ticket = chinese ? "这张单" : "this ticket";
  facts.title = Quote(blocker.title, kMaxTitle);
  if (facts.title.empty()) facts.title = chinese ? "无标题" : "untitled";
  facts.project = Quote(blocker.project, kMaxName);
  if (facts.project.empty()) facts.project = chinese ? "本项目" : "this project";
  facts.party = Quote(PartyWords(party), kMaxName);
  facts.reason =
      std::string(blocker.reason == Reason::kUnspecified ? CategoryWords(blocker.category, language)
                                                         : ReasonWords(blocker.reason, language));
  facts.since = DateWords(absl::ToCivilDay(blocker.spell_time, zone),
                          absl::ToCivilDay(situation.now, zone), language);
  facts.age =
      WaitWords(situation.now - blocker.spell_time, days, situation.calendar_given, language);
  facts.waiter = WaiterOf(situation);
  facts.dependants = DependantsWords(situation.dependants, language);
  if (situation.dependants.count > 0 && situation.dependants.blocked_time >= absl::Hours(1)) {
    facts.dependants_age = AgeWords(situation.dependants.blocked_time, language);
  }
  if (situation.cost != nullptr && days > 0) {
    facts.daily_cost = MoneyWords(situation.cost->amount, situation.cost->currency);
    facts.cost = MoneyWords(situation.cost->amount * days, situation.cost->currency);
  }
  facts.quote = AtAWord(WithoutStop(StrongestWords(situation.evidence)));
  return facts;
}

}  // namespace clearway
