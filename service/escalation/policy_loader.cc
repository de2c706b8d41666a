#include "service/escalation/policy_loader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clearway_embed/default_policy.h"

#include "clearway/config/v1/escalation.pb.h"
#include "clearway/v1/ticket.pb.h"
#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/base/yaml_proto.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {
namespace {

constexpr std::array<absl::string_view, 4> kChannels = {"ticket", "chat", "mail", "meeting"};
constexpr size_t kMaxName = 63;
// Beyond this a step is a slip of the pen; it also keeps due times within range.
constexpr absl::Duration kMaxAfter = absl::Hours(24 * 366);

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

std::optional<Priority> ParsePriority(const std::string& name) {
  v1::Priority priority = v1::PRIORITY_UNSPECIFIED;
  if (!v1::Priority_Parse(absl::StrCat("PRIORITY_", name), &priority)) return std::nullopt;
  return static_cast<Priority>(priority);
}

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

absl::StatusOr<LadderStep> ReadStep(const config::v1::LadderStepConfig& config,
                                    const std::string& path, const YamlFile& file) {
  if (!config.has_after()) {
    return file.Fault(path + ".after", "is missing; give a time such as 4h or 2d");
  }
  if (config.target() == config::v1::ESCALATION_TARGET_UNSPECIFIED) {
    return file.Fault(path + ".target",
                      "is missing; give one of PARTY, TEAM_LEAD, MANAGER, SPONSOR");
  }
  if (std::find(kChannels.begin(), kChannels.end(), config.channel()) == kChannels.end()) {
    return file.Fault(path + ".channel", absl::StrCat("is \"", config.channel(), "\"; give one of ",
                                                      absl::StrJoin(kChannels, ", ")));
  }
  LadderStep step;
  step.after = absl::Seconds(config.after().seconds()) + absl::Nanoseconds(config.after().nanos());
  if (step.after > kMaxAfter) return file.Fault(path + ".after", "is longer than a year");
  step.target = static_cast<EscalationTarget>(config.target());
  step.channel = config.channel();
  return step;
}

absl::StatusOr<Ladder> ReadLadder(const config::v1::LadderConfig& config, const std::string& path,
                                  const YamlFile& file) {
  if (!IsName(config.name())) {
    return file.Fault(path + ".name",
                      absl::StrCat("is \"", config.name(), "\"; give 1 to 63 of a-z, 0-9 and -"));
  }
  Ladder ladder;
  ladder.name = config.name();
  ASSIGN_OR_RETURN(
      ladder.priorities,
      ReadNames<Priority>(config.priorities(), path + ".priorities", file, ParsePriority,
                          "priority (HIGHEST, HIGH, MEDIUM, LOW, LOWEST, UNSPECIFIED)"));
  ASSIGN_OR_RETURN(
      ladder.categories,
      ReadNames<Category>(config.categories(), path + ".categories", file, ParseBlockedCategory,
                          "category of blockers (TECHNICAL, COMMUNICATION, RESOURCE, "
                          "CROSS_TEAM)"));
  ASSIGN_OR_RETURN(ladder.reasons, ReadNames<Reason>(config.reasons(), path + ".reasons", file,
                                                     ParseKnownReason, "reason of the taxonomy"));
  for (const Reason reason : ladder.reasons) {
    if (ladder.categories.empty() || ladder.categories.contains(CategoryOf(reason))) continue;
    return file.Fault(path + ".reasons",
                      absl::StrCat("holds ", ReasonName(reason), ", which is of category ",
                                   CategoryName(CategoryOf(reason)),
                                   " and so can never match; add that to categories"));
  }
  if (config.steps().empty()) return file.Fault(path + ".steps", "is empty; give at least one");
  int index = 0;
  for (const config::v1::LadderStepConfig& each : config.steps()) {
    const std::string where = absl::StrCat(path, ".steps[", index++, "]");
    ASSIGN_OR_RETURN(LadderStep step, ReadStep(each, where, file));
    if (!ladder.steps.empty() && step.after <= ladder.steps.back().after) {
      return file.Fault(where + ".after", "must be later than the step before");
    }
    ladder.steps.push_back(std::move(step));
  }
  return ladder;
}

bool MatchesEverything(const Ladder& ladder) {
  return ladder.priorities.empty() && ladder.categories.empty() && ladder.reasons.empty();
}

}  // namespace

absl::StatusOr<EscalationPolicy> ParsePolicy(absl::string_view yaml, absl::string_view file_name) {
  config::v1::EscalationPolicyFile config;
  YamlFile file{file_name, {}};
  RETURN_IF_ERROR(ParseYaml(yaml, file_name, &config, &file.lines));
  if (config.ladders().empty()) return file.Fault("ladders", "is empty; give at least one");
  EscalationPolicy policy;
  std::set<std::string> names;
  for (int i = 0; i < config.ladders_size(); ++i) {
    const std::string path = absl::StrCat("ladders[", i, "]");
    if (!policy.ladders.empty() && MatchesEverything(policy.ladders.back())) {
      return file.Fault(path, absl::StrCat("is never reached: \"", policy.ladders.back().name,
                                           "\" before it matches everything; put that last"));
    }
    ASSIGN_OR_RETURN(Ladder ladder, ReadLadder(config.ladders(i), path, file));
    if (!names.insert(ladder.name).second) {
      return file.Fault(path + ".name",
                        absl::StrCat("is \"", ladder.name, "\", which another ladder has"));
    }
    policy.ladders.push_back(std::move(ladder));
  }
  return policy;
}

absl::StatusOr<EscalationPolicy> LoadPolicy(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  return ParsePolicy(yaml, path);
}

absl::StatusOr<EscalationPolicy> BuiltInPolicy() {
  return ParsePolicy(embedded::default_policy(), "policy.yaml (built in)");
}

}  // namespace clearway
