#include "service/escalation/ladder_loader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/base/duration.h"
#include "service/base/status_macros.h"
#include "service/domain/schedule.h"
#include "service/escalation/names.h"

namespace clearway {
namespace {

// Beyond this a step is a slip of the pen; it also keeps due times within range.
constexpr absl::Duration kMaxAfter = absl::Hours(24 * 366);

std::optional<Priority> ReadPriority(const std::string& name) { return ParsePriority(name); }

std::optional<Category> ParseBlockedCategory(const std::string& name) {
  const std::optional<Category> category = ParseCategory(name);
  return category.has_value() && IsBlocked(*category) ? category : std::nullopt;
}

std::optional<Reason> ParseKnownReason(const std::string& name) {
  return name.empty() ? std::nullopt : ParseReason(name);
}

// Reads the names of one matcher. `wanted` tells what a name should have been.
template <typename T>
absl::StatusOr<std::set<T>> ReadNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                                      const std::string& path, const YamlFile& file,
                                      std::optional<T> (*parse)(const std::string&),
                                      absl::string_view wanted) {
  std::set<T> values;
  for (int i = 0; i < names.size(); ++i) {
    const std::optional<T> value = parse(names[i]);
    const std::string where = absl::StrCat(path, "[", i, "]");
    if (!value.has_value()) {
      return file.Fault(where, absl::StrCat("is \"", names[i], "\", which is no ", wanted));
    }
    if (!values.insert(*value).second) return file.Fault(where, "is given twice");
  }
  return values;
}

absl::Status ReadAfter(const std::string& text, bool business_time, const std::string& path,
                       const YamlFile& file, LadderStep* step) {
  if (text.empty()) return file.Fault(path, "is missing; give a time such as 4h or 2d");
  const absl::StatusOr<WorkDuration> after = ParseWorkDuration(text);
  if (!after.ok())
    return file.Fault(path, absl::StrCat("cannot be read: ", after.status().message()));
  const absl::Duration days = absl::Hours(24) * (after->weeks * 7 + after->days);
  if (days + after->time > kMaxAfter) return file.Fault(path, "is longer than a year");
  step->after = after->time;
  if (business_time) {
    step->days = after->days;
    step->weeks = after->weeks;
  } else {
    step->after += days;
  }
  return absl::OkStatus();
}

absl::StatusOr<LadderStep> ReadStep(const config::v1::LadderStepConfig& config, bool business_time,
                                    const std::string& path, const YamlFile& file) {
  LadderStep step;
  RETURN_IF_ERROR(ReadAfter(config.after(), business_time, path + ".after", file, &step));
  if (config.target() == config::v1::ESCALATION_TARGET_UNSPECIFIED) {
    return file.Fault(path + ".target",
                      "is missing; give one of PARTY, TEAM_LEAD, MANAGER, SPONSOR");
  }
  if (!IsChannel(config.channel())) {
    return file.Fault(path + ".channel", absl::StrCat("is \"", config.channel(), "\"; give one of ",
                                                      absl::StrJoin(kChannels, ", ")));
  }
  step.target = static_cast<EscalationTarget>(config.target());
  step.channel = config.channel();
  return step;
}

// The calendars that a ladder may be climbed under; none: it is measured in wall time.
std::vector<const BusinessCalendar*> CalendarsOf(const Ladder& ladder, const Calendars& calendars) {
  if (!ladder.business_time) return {nullptr};
  std::vector<const BusinessCalendar*> all;
  for (const auto& [name, calendar] : calendars) {
    if (ladder.calendar.empty() || ladder.calendar == name) all.push_back(&calendar);
  }
  return all;
}

absl::Status ReadSteps(const config::v1::LadderConfig& config, const std::string& path,
                       const Calendars& calendars, const YamlFile& file, Ladder* ladder) {
  if (config.steps().empty()) return file.Fault(path + ".steps", "is empty; give at least one");
  const std::vector<const BusinessCalendar*> clocks = CalendarsOf(*ladder, calendars);
  for (int i = 0; i < config.steps_size(); ++i) {
    const std::string where = absl::StrCat(path, ".steps[", i, "]");
    ASSIGN_OR_RETURN(LadderStep step,
                     ReadStep(config.steps(i), ladder->business_time, where, file));
    for (const BusinessCalendar* clock : clocks) {
      if (ladder->steps.empty() || DelayOf(step, clock) > DelayOf(ladder->steps.back(), clock)) {
        continue;
      }
      return file.Fault(where + ".after",
                        clock == nullptr
                            ? "must be later than the step before"
                            : absl::StrCat("must be later than the step before, and is not in the "
                                           "hours of calendar \"",
                                           clock->name(), "\""));
    }
    ladder->steps.push_back(std::move(step));
  }
  return absl::OkStatus();
}

absl::Status ReadClock(const config::v1::LadderConfig& config, const std::string& path,
                       const Calendars& calendars, bool routed, const YamlFile& file,
                       Ladder* ladder) {
  ladder->business_time = config.clock() == config::v1::LADDER_CLOCK_BUSINESS;
  ladder->calendar = config.calendar();
  std::vector<std::string> names;
  names.reserve(calendars.size());
  for (const auto& [name, calendar] : calendars) names.push_back(name);
  if (!config.calendar().empty()) {
    if (!calendars.contains(config.calendar())) {
      return file.Fault(
          path + ".calendar",
          NameFault(config.calendar(), absl::StrCat("which is no calendar; ", KnownNames(names))));
    }
    if (!ladder->business_time) {
      return file.Fault(path + ".calendar",
                        "is given to a ladder of wall time; add `clock: BUSINESS`");
    }
  } else if (ladder->business_time && !routed) {
    return file.Fault(path + ".clock",
                      absl::StrCat("is BUSINESS, but no calendar is named; ", KnownNames(names)));
  }
  return absl::OkStatus();
}

// What a ladder is for, where no route says it.
absl::Status ReadOwnMatchers(const config::v1::LadderConfig& config, const std::string& path,
                             bool routed, const YamlFile& file, Ladder* ladder) {
  for (const auto& [name, given] : {std::pair("priorities", !config.priorities().empty()),
                                    std::pair("categories", !config.categories().empty()),
                                    std::pair("reasons", !config.reasons().empty())}) {
    if (!given || !routed) continue;
    return file.Fault(absl::StrCat(path, ".", name),
                      "is given beside `route`; say it in the `match` of a route");
  }
  ASSIGN_OR_RETURN(
      ladder->priorities,
      ReadNames<Priority>(config.priorities(), path + ".priorities", file, ReadPriority,
                          "priority (HIGHEST, HIGH, MEDIUM, LOW, LOWEST, UNSPECIFIED)"));
  ASSIGN_OR_RETURN(
      ladder->categories,
      ReadNames<Category>(config.categories(), path + ".categories", file, ParseBlockedCategory,
                          "category of blockers (TECHNICAL, COMMUNICATION, RESOURCE, "
                          "CROSS_TEAM)"));
  ASSIGN_OR_RETURN(ladder->reasons, ReadNames<Reason>(config.reasons(), path + ".reasons", file,
                                                      ParseKnownReason, "reason of the taxonomy"));
  for (const Reason reason : ladder->reasons) {
    if (ladder->categories.empty() || ladder->categories.contains(CategoryOf(reason))) continue;
    return file.Fault(path + ".reasons",
                      absl::StrCat("holds ", ReasonName(reason), ", which is of category ",
                                   CategoryName(CategoryOf(reason)),
                                   " and so can never match; add that to categories"));
  }
  return absl::OkStatus();
}

// `routed`: a route says what it is for.
absl::StatusOr<Ladder> ReadLadder(const config::v1::LadderConfig& config, const std::string& path,
                                  const Calendars& calendars, bool routed, const YamlFile& file) {
  if (!IsPolicyName(config.name()) || config.name() == kNone) {
    return file.Fault(
        path + ".name",
        absl::StrCat("is \"", config.name(), "\"; give 1 to 63 of a-z, 0-9 and -, not \"none\""));
  }
  Ladder ladder;
  ladder.name = config.name();
  RETURN_IF_ERROR(ReadOwnMatchers(config, path, routed, file, &ladder));
  RETURN_IF_ERROR(ReadClock(config, path, calendars, routed, file, &ladder));
  RETURN_IF_ERROR(ReadSteps(config, path, calendars, file, &ladder));
  return ladder;
}

bool MatchesEverything(const Ladder& ladder) {
  return ladder.priorities.empty() && ladder.categories.empty() && ladder.reasons.empty();
}

}  // namespace

absl::StatusOr<std::vector<Ladder>> ReadLadders(const config::v1::EscalationPolicyFile& config,
                                                const Calendars& calendars, const YamlFile& file) {
  if (config.ladders().empty()) return file.Fault("ladders", "is empty; give at least one");
  std::vector<Ladder> ladders;
  std::set<std::string> names;
  for (int i = 0; i < config.ladders_size(); ++i) {
    const std::string path = absl::StrCat("ladders[", i, "]");
    if (!config.has_route() && !ladders.empty() && MatchesEverything(ladders.back())) {
      return file.Fault(path, absl::StrCat("is never reached: \"", ladders.back().name,
                                           "\" before it matches everything; put that last"));
    }
    ASSIGN_OR_RETURN(Ladder ladder,
                     ReadLadder(config.ladders(i), path, calendars, config.has_route(), file));
    if (!names.insert(ladder.name).second) {
      return file.Fault(path + ".name",
                        absl::StrCat("is \"", ladder.name, "\", which another ladder has"));
    }
    ladders.push_back(std::move(ladder));
  }
  return ladders;
}

}  // namespace clearway
