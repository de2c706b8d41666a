#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clearway_embed/default_playbooks.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/base/yaml_proto.h"
#include "service/escalation/policy_loader.h"
#include "service/escalation/template.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {
namespace {

constexpr std::array<absl::string_view, 2> kLanguages = {"en", "zh"};
constexpr int kMinSteps = 2;
constexpr int kMaxSteps = 6;

absl::Status CheckLanguage(const std::string& language, const std::string& path,
                           const YamlFile& file) {
  for (const absl::string_view known : kLanguages) {
    if (language == known) return absl::OkStatus();
  }
  return file.Fault(path + ".language", absl::StrCat("is \"", language, "\"; give en or zh"));
}

// A text that may hold facts.
absl::Status CheckText(const std::string& text, const std::string& path, const YamlFile& file) {
  if (absl::StripAsciiWhitespace(text).empty()) return file.Fault(path, "is missing or empty");
  const absl::Status status = CheckTemplate(text);
  return status.ok() ? status : file.Fault(path, status.message());
}

// A name, which stands for itself.
absl::Status CheckWord(const std::string& text, const std::string& path, const YamlFile& file) {
  if (absl::StripAsciiWhitespace(text).empty()) return file.Fault(path, "is missing or empty");
  if (text.find_first_of("{}") != std::string::npos) return file.Fault(path, "may hold no braces");
  return absl::OkStatus();
}

absl::Status CheckPlaybook(const config::v1::PlaybookConfig& config, const std::string& path,
                           const YamlFile& file) {
  RETURN_IF_ERROR(CheckLanguage(config.language(), path, file));
  RETURN_IF_ERROR(CheckWord(config.default_party(), path + ".default_party", file));
  if (config.steps_size() < kMinSteps || config.steps_size() > kMaxSteps) {
    return file.Fault(path + ".steps", absl::StrCat("holds ", config.steps_size(), "; give ",
                                                    kMinSteps, " to ", kMaxSteps));
  }
  for (int i = 0; i < config.steps_size(); ++i) {
    RETURN_IF_ERROR(CheckText(config.steps(i), absl::StrCat(path, ".steps[", i, "]"), file));
  }
  RETURN_IF_ERROR(CheckText(config.nudge(), path + ".nudge", file));
  RETURN_IF_ERROR(CheckText(config.escalation(), path + ".escalation", file));
  return CheckText(config.rationale(), path + ".rationale", file);
}

absl::Status ReadPlaybooks(const config::v1::PlaybookFile& config, const YamlFile& file,
                           Playbooks* playbooks) {
  for (int i = 0; i < config.playbooks_size(); ++i) {
    const config::v1::PlaybookConfig& each = config.playbooks(i);
    const std::string path = absl::StrCat("playbooks[", i, "]");
    const std::optional<Reason> reason = ParseReason(each.reason());
    if (!reason.has_value() || *reason == Reason::kUnspecified) {
      return file.Fault(path + ".reason", absl::StrCat("is \"", each.reason(),
                                                       "\", which is no reason of the taxonomy"));
    }
    RETURN_IF_ERROR(CheckPlaybook(each, path, file));
    Playbook playbook{each.default_party(),
                      {each.steps().begin(), each.steps().end()},
                      each.nudge(),
                      each.escalation(),
                      each.rationale()};
    if (!playbooks->by_reason.emplace(std::pair(*reason, each.language()), std::move(playbook))
             .second) {
      return file.Fault(path,
                        absl::StrCat("is the second for ", each.reason(), " in ", each.language()));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadRoles(const config::v1::PlaybookFile& config, const YamlFile& file,
                       Playbooks* playbooks) {
  for (int i = 0; i < config.roles_size(); ++i) {
    const config::v1::RoleNamesConfig& each = config.roles(i);
    const std::string path = absl::StrCat("roles[", i, "]");
    RETURN_IF_ERROR(CheckLanguage(each.language(), path, file));
    RETURN_IF_ERROR(CheckWord(each.team_lead(), path + ".team_lead", file));
    RETURN_IF_ERROR(CheckWord(each.manager(), path + ".manager", file));
    RETURN_IF_ERROR(CheckWord(each.sponsor(), path + ".sponsor", file));
    if (!playbooks->roles
             .emplace(each.language(), RoleNames{each.team_lead(), each.manager(), each.sponsor()})
             .second) {
      return file.Fault(path, absl::StrCat("is the second for ", each.language()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckComplete(const Playbooks& playbooks, const YamlFile& file) {
  std::vector<std::string> missing;
  for (int i = 1; i < kReasonCount; ++i) {
    const Reason reason = static_cast<Reason>(i);
    for (const absl::string_view language : kLanguages) {
      if (playbooks.by_reason.contains({reason, std::string(language)})) continue;
      missing.push_back(absl::StrCat(ReasonName(reason), " (", language, ")"));
    }
  }
  if (!missing.empty()) {
    return file.Fault("playbooks", absl::StrCat("lacks ", absl::StrJoin(missing, ", ")));
  }
  for (const absl::string_view language : kLanguages) {
    if (playbooks.roles.contains(std::string(language))) continue;
    return file.Fault("roles", absl::StrCat("lacks the names in ", language));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Playbooks> ParsePlaybooks(absl::string_view yaml, absl::string_view file_name) {
  config::v1::PlaybookFile config;
  YamlFile file{file_name, {}};
  RETURN_IF_ERROR(ParseYaml(yaml, file_name, &config, &file.lines));
  Playbooks playbooks;
  RETURN_IF_ERROR(ReadPlaybooks(config, file, &playbooks));
  RETURN_IF_ERROR(ReadRoles(config, file, &playbooks));
  RETURN_IF_ERROR(CheckComplete(playbooks, file));
  return playbooks;
}

absl::StatusOr<Playbooks> LoadPlaybooks(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  return ParsePlaybooks(yaml, path);
}

absl::StatusOr<Playbooks> BuiltInPlaybooks() {
  return ParsePlaybooks(embedded::default_playbooks(), "playbooks.yaml (built in)");
}

}  // namespace clearway
