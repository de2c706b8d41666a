#include "service/cli/policy_view.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/base/duration.h"
#include "service/escalation/wording.h"
#include "service/report/display_text.h"
#include "service/report/text_table.h"

namespace clearway {
namespace {

absl::TimeZone ZoneOf(const PolicyExplanation& explanation) {
  if (explanation.calendar != nullptr) return explanation.calendar->zone();
  if (explanation.open != nullptr) return explanation.open->zone();
  return absl::UTCTimeZone();
}

std::string TimeIn(absl::Time time, const absl::TimeZone& zone) {
  if (time == absl::InfiniteFuture()) return "never";
  return absl::FormatTime("%a %Y-%m-%d %H:%M %Ez", time, zone);
}

std::string RoutesText(const std::vector<RouteTried>& tried) {
  std::string out = "routes tried\n";
  for (const RouteTried& route : tried) {
    const std::string why = !route.why.empty() ? OneLine(route.why) : "matches everything";
    absl::StrAppend(&out, std::string(2 * static_cast<size_t>(route.depth) + 2, ' '),
                    route.matched ? "yes " : "no  ", OneLine(route.name), ": ",
                    route.matched ? "" : "not ", why, "\n");
  }
  return out;
}

std::string LadderText(const PolicyExplanation& explanation) {
  if (explanation.ladder == nullptr) return "ladder: none; nothing is ever said\n";
  std::string out = absl::StrCat("ladder: ", explanation.ladder->name, ", by the route ",
                                 OneLine(explanation.decision.route), ", in ");
  if (explanation.calendar == nullptr) return out + "wall time\n";
  absl::StrAppend(&out, "business time of ", explanation.calendar->name(), " (",
                  explanation.calendar->zone().name(), ", a day is ",
                  absl::FormatDuration(explanation.calendar->day_length()), ")\n");
  return out;
}

std::string HoldText(const Hold& hold, const absl::TimeZone& zone) {
  switch (hold.cause) {
    case Hold::Cause::kGroup:
      return absl::StrCat("told with others at ", TimeIn(hold.until, zone));
    case Hold::Cause::kQuietHours:
      return absl::StrCat("quiet hours ", hold.name, " until ", TimeIn(hold.until, zone));
    case Hold::Cause::kMute:
      break;
  }
  return absl::StrCat("mute ", hold.name, " until ", TimeIn(hold.until, zone));
}

std::string StepsText(const PolicyExplanation& explanation, const std::vector<Escalation>& plan,
                      absl::Time now) {
  const absl::TimeZone zone = ZoneOf(explanation);
  std::vector<std::vector<std::string>> rows;
  for (const Escalation& step : plan) {
    const StepTiming& timing = explanation.steps[static_cast<size_t>(step.level) - 1];
    rows.push_back({absl::StrCat(step.level), step.target, step.channel,
                    TimeIn(timing.nominal, zone), TimeIn(timing.due, zone),
                    timing.due <= now ? "due" : "",
                    absl::StrJoin(timing.holds, "; ", [&](std::string* out, const Hold& hold) {
                      absl::StrAppend(out, HoldText(hold, zone));
                    })});
  }
  return FormatTable({{"LEVEL", true},
                      {"TO", false, 30},
                      {"CHANNEL"},
                      {"BY THE CLOCK"},
                      {"FALLS DUE"},
                      {"NOW"},
                      {"PUT OFF BY"}},
                     rows);
}

std::string SettingsText(const PolicyExplanation& explanation) {
  std::string out = absl::StrCat(
      "quiet hours: ", explanation.open == nullptr ? "none" : explanation.open->name(), "\n",
      "mutes: ",
      explanation.mutes.empty() ? "none"
                                : absl::StrJoin(explanation.mutes, ", ",
                                                [](std::string* list, const Mute* mute) {
                                                  absl::StrAppend(list, mute->name);
                                                }),
      "\n");
  const RateLimit rate = explanation.decision.settings.rate_limit.value_or(RateLimit());
  const Grouping group = explanation.decision.settings.grouping.value_or(Grouping());
  absl::StrAppend(&out, "rate limit: ",
                  rate.count == 0 ? "none"
                                  : absl::StrCat(rate.count, " to one recipient within ",
                                                 FormatAge(rate.window),
                                                 "; further ones wait, the most urgent first"),
                  "\n");
  absl::StrAppend(&out, "groups: ",
                  group.interval == absl::ZeroDuration()
                      ? "none"
                      : absl::StrCat("by party, every ", FormatAge(group.interval)),
                  "\n");
  return out;
}

}  // namespace

std::string PolicyExplanationText(const Planner& planner, const Blocker& blocker,
                                  const Ticket& ticket, absl::Time now, const Standing& standing) {
  const PolicyExplanation explanation = planner.Explain(blocker, ticket, now);
  std::string out =
      absl::StrCat("blocker: ", CategoryName(blocker.category), "/", ReasonName(blocker.reason),
                   ", priority ", PriorityName(blocker.priority), ", stuck since ",
                   TimeIn(blocker.spell_time, ZoneOf(explanation)), ", urgency ",
                   std::lround(explanation.urgency), " of 100\n");
  absl::StrAppend(&out, RoutesText(explanation.tried), LadderText(explanation),
                  SettingsText(explanation));
  const std::string links = StandingWords(standing, Language::kEnglish);
  absl::StrAppend(&out, "links: ", links.empty() ? "nothing that holds it back" : links, "\n");
  if (explanation.ladder != nullptr) {
    absl::StrAppend(&out,
                    StepsText(explanation, planner.Plan(blocker, ticket, {}, now, standing), now));
  }
  return out;
}

}  // namespace clearway
