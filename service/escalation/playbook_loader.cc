#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clearway_embed/default_playbooks.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/base/yaml_proto.h"
#include "service/escalation/names.h"
#include "service/escalation/policy_loader.h"
#include "service/escalation/template.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {
namespace {

constexpr int kMinSteps = 2;
constexpr int kMaxSteps = 6;
constexpr int kMaxAnswerDays = 20;

absl::Status CheckLanguage(const std::string& language, const std::string& path,
                           const YamlFile& file) {
  if (IsTextLanguage(language)) return absl::OkStatus();
  return file.Fault(path + ".language", absl::StrCat("is \"", language, "\"; give en or zh"));
}

bool IsBlank(const std::string& text) { return absl::StripAsciiWhitespace(text).empty(); }

// Checks one text, and takes it over in place of what `value` holds; what is left out changes
// nothing.
class Texts {
 public:
  Texts(const std::string& path, const YamlFile& file) : path_(path), file_(file) {}

  // A text that may hold facts.
  absl::Status TakeText(const char* key, const std::string& text, TextPlace place,
                        std::string* value) const {
    if (text.empty()) return absl::OkStatus();
    const std::string path = absl::StrCat(path_, ".", key);
    if (IsBlank(text)) return file_.Fault(path, "is blank; leave it out or give a text");
    const absl::Status status = CheckTemplate(text, place);
    if (!status.ok()) return file_.Fault(path, status.message());
    *value = text;
    return absl::OkStatus();
  }

  // A name, which stands for itself.
  absl::Status TakeWord(const char* key, const std::string& text, std::string* value) const {
    if (text.empty()) return absl::OkStatus();
    const std::string path = absl::StrCat(path_, ".", key);
    if (IsBlank(text)) return file_.Fault(path, "is blank; leave it out or give a name");
    if (absl::StrContains(text, '{') || absl::StrContains(text, '}')) {
      return file_.Fault(path, "may hold no braces");
    }
    *value = text;
    return absl::OkStatus();
  }

 private:
  const std::string& path_;
  const YamlFile& file_;
};

absl::Status TakeSteps(const config::v1::PlaybookConfig& config, const std::string& path,
                       const YamlFile& file, std::vector<std::string>* steps) {
  if (config.steps().empty()) return absl::OkStatus();
  if (config.steps_size() < kMinSteps || config.steps_size() > kMaxSteps) {
    return file.Fault(path + ".steps", absl::StrCat("holds ", config.steps_size(), "; give ",
                                                    kMinSteps, " to ", kMaxSteps));
  }
  for (int i = 0; i < config.steps_size(); ++i) {
    const std::string where = absl::StrCat(path, ".steps[", i, "]");
    if (IsBlank(config.steps(i))) return file.Fault(where, "is missing or empty");
    const absl::Status status = CheckTemplate(config.steps(i));
    if (!status.ok()) return file.Fault(where, status.message());
  }
  steps->assign(config.steps().begin(), config.steps().end());
  return absl::OkStatus();
}

absl::Status TakePlaybook(const config::v1::PlaybookConfig& config, const std::string& path,
                          const YamlFile& file, Playbook* playbook) {
  const Texts texts(path, file);
  const TextPlace place = TextPlace::kPlaybook;
  RETURN_IF_ERROR(
      texts.TakeWord("default_party", config.default_party(), &playbook->default_party));
  RETURN_IF_ERROR(TakeSteps(config, path, file, &playbook->steps));
  RETURN_IF_ERROR(texts.TakeText("nudge", config.nudge(), place, &playbook->nudge));
  RETURN_IF_ERROR(texts.TakeText("escalation", config.escalation(), place, &playbook->escalation));
  RETURN_IF_ERROR(texts.TakeText("rationale", config.rationale(), place, &playbook->rationale));
  RETURN_IF_ERROR(texts.TakeText("next_step", config.next_step(), place, &playbook->next_step));
  RETURN_IF_ERROR(texts.TakeText("fallback", config.fallback(), place, &playbook->fallback));
  if (config.answer_days() < 0 || config.answer_days() > kMaxAnswerDays) {
    return file.Fault(path + ".answer_days",
                      absl::StrCat("is ", config.answer_days(), "; give 1 to ", kMaxAnswerDays));
  }
  if (config.answer_days() != 0) playbook->answer_days = config.answer_days();
  return absl::OkStatus();
}

absl::Status ReadPlaybooks(const config::v1::PlaybookFile& config, const YamlFile& file,
                           Playbooks* playbooks) {
  std::set<std::pair<Reason, std::string>> seen;
  for (int i = 0; i < config.playbooks_size(); ++i) {
    const config::v1::PlaybookConfig& each = config.playbooks(i);
    const std::string path = absl::StrCat("playbooks[", i, "]");
    const std::optional<Reason> reason = ParseReason(each.reason());
    if (!reason.has_value() || *reason == Reason::kUnspecified) {
      return file.Fault(path + ".reason", absl::StrCat("is \"", each.reason(),
                                                       "\", which is no reason of the taxonomy"));
    }
    RETURN_IF_ERROR(CheckLanguage(each.language(), path, file));
    const std::pair key(*reason, each.language());
    if (!seen.insert(key).second) {
      return file.Fault(path,
                        absl::StrCat("is the second for ", each.reason(), " in ", each.language()));
    }
    RETURN_IF_ERROR(TakePlaybook(each, path, file, &playbooks->by_reason[key]));
  }
  return absl::OkStatus();
}

absl::Status ReadRoles(const config::v1::PlaybookFile& config, const YamlFile& file,
                       Playbooks* playbooks) {
  std::set<std::string> seen;
  for (int i = 0; i < config.roles_size(); ++i) {
    const config::v1::RoleNamesConfig& each = config.roles(i);
    const std::string path = absl::StrCat("roles[", i, "]");
    RETURN_IF_ERROR(CheckLanguage(each.language(), path, file));
    if (!seen.insert(each.language()).second) {
      return file.Fault(path, absl::StrCat("is the second for ", each.language()));
    }
    RoleNames& roles = playbooks->roles[each.language()];
    const Texts texts(path, file);
    RETURN_IF_ERROR(texts.TakeWord("team_lead", each.team_lead(), &roles.team_lead));
    RETURN_IF_ERROR(texts.TakeWord("manager", each.manager(), &roles.manager));
    RETURN_IF_ERROR(texts.TakeWord("sponsor", each.sponsor(), &roles.sponsor));
    RETURN_IF_ERROR(
        texts.TakeText("party_lead", each.party_lead(), TextPlace::kPlaybook, &roles.party_lead));
  }
  return absl::OkStatus();
}

absl::Status ReadShared(const config::v1::PlaybookFile& config, const YamlFile& file,
                        Playbooks* playbooks) {
  std::set<std::string> seen;
  for (int i = 0; i < config.shared_size(); ++i) {
    const config::v1::SharedTextsConfig& each = config.shared(i);
    const std::string path = absl::StrCat("shared[", i, "]");
    RETURN_IF_ERROR(CheckLanguage(each.language(), path, file));
    if (!seen.insert(each.language()).second) {
      return file.Fault(path, absl::StrCat("is the second for ", each.language()));
    }
    SharedTexts& shared = playbooks->shared[each.language()];
    const Texts texts(path, file);
    const auto take = [&](const char* key, const std::string& text, TextPlace place,
                          std::string* value) { return texts.TakeText(key, text, place, value); };
    RETURN_IF_ERROR(take("hello_name", each.hello_name(), TextPlace::kHello, &shared.hello_name));
    RETURN_IF_ERROR(texts.TakeWord("hello", each.hello(), &shared.hello));
    RETURN_IF_ERROR(take("effect", each.effect(), TextPlace::kShared, &shared.effect));
    RETURN_IF_ERROR(take("situation", each.situation(), TextPlace::kShared, &shared.situation));
    RETURN_IF_ERROR(take("next_rung", each.next_rung(), TextPlace::kShared, &shared.next_rung));
    const TextPlace group = TextPlace::kGroup;
    RETURN_IF_ERROR(take("group_opening", each.group_opening(), group, &shared.group_opening));
    RETURN_IF_ERROR(take("group_item", each.group_item(), group, &shared.group_item));
    RETURN_IF_ERROR(take("group_more", each.group_more(), group, &shared.group_more));
    RETURN_IF_ERROR(take("group_closing", each.group_closing(), group, &shared.group_closing));
  }
  return absl::OkStatus();
}

// `playbooks` is what the file leaves out is taken from.
absl::StatusOr<Playbooks> Read(absl::string_view yaml, absl::string_view file_name,
                               Playbooks playbooks) {
  config::v1::PlaybookFile config;
  YamlFile file{file_name, {}};
  RETURN_IF_ERROR(ParseYaml(yaml, file_name, &config, &file.lines));
  if (config.playbooks().empty() && config.roles().empty() && config.shared().empty()) {
    return file.Fault("", "says nothing; give playbooks, roles or shared");
  }
  RETURN_IF_ERROR(ReadPlaybooks(config, file, &playbooks));
  RETURN_IF_ERROR(ReadRoles(config, file, &playbooks));
  RETURN_IF_ERROR(ReadShared(config, file, &playbooks));
  return playbooks;
}

}  // namespace

absl::StatusOr<Playbooks> ParsePlaybooks(absl::string_view yaml, absl::string_view file) {
  ASSIGN_OR_RETURN(Playbooks built_in, BuiltInPlaybooks());
  return Read(yaml, file, std::move(built_in));
}

absl::StatusOr<Playbooks> LoadPlaybooks(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  return ParsePlaybooks(yaml, path);
}

absl::StatusOr<Playbooks> BuiltInPlaybooks() {
  return Read(embedded::default_playbooks(), "playbooks.yaml (built in)", {});
}

}  // namespace clearway
