#include "service/escalation/directory_loader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/base/yaml_proto.h"
#include "service/domain/party.h"
#include "service/escalation/names.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {
namespace {

constexpr size_t kMaxWords = 128;

absl::Status CheckWords(const std::string& words, const std::string& path, const YamlFile& file) {
  if (NormalizedParty(words).empty()) return file.Fault(path, "is missing or empty");
  if (words.size() > kMaxWords) {
    return file.Fault(path, absl::StrCat("is longer than ", kMaxWords, " bytes"));
  }
  if (std::any_of(words.begin(), words.end(), absl::ascii_iscntrl)) {
    return file.Fault(path, "must stand on one line");
  }
  return absl::OkStatus();
}

// What parties and the people behind them have in common.
template <typename Config>
absl::StatusOr<Contact> ReadContact(const Config& config, const std::string& path,
                                    const YamlFile& file) {
  RETURN_IF_ERROR(CheckWords(config.name(), path + ".name", file));
  if (!config.handle().empty()) {
    RETURN_IF_ERROR(CheckWords(config.handle(), path + ".handle", file));
  }
  if (!config.channel().empty() && !IsChannel(config.channel())) {
    return file.Fault(path + ".channel", NameFault(config.channel(), KnownNames(kChannels)));
  }
  if (!config.language().empty() && !IsTextLanguage(config.language())) {
    return file.Fault(path + ".language", NameFault(config.language(), KnownNames(kTextLanguages)));
  }
  return Contact{config.name(), config.handle(), config.channel(), config.language()};
}

// Nobody may stand behind a party twice: he would be turned to twice.
absl::Status CheckDistinct(const DirectoryParty& party, const std::string& path,
                           const YamlFile& file) {
  const std::array<std::pair<absl::string_view, const Contact*>, 4> contacts = {
      {{"name", &party.self},
       {"lead", &party.lead},
       {"manager", &party.manager},
       {"sponsor", &party.sponsor}}};
  for (size_t later = 1; later < contacts.size(); ++later) {
    for (size_t earlier = 0; earlier < later; ++earlier) {
      const Contact& a = *contacts[earlier].second;
      const Contact& b = *contacts[later].second;
      if (!SameParty(a.name, b.name) && !SameParty(a.handle, b.handle)) continue;
      return file.Fault(absl::StrCat(path, ".", contacts[later].first),
                        absl::StrCat("is the same as ", contacts[earlier].first,
                                     ", who would be turned to twice; leave one of them out"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<DirectoryParty> ReadParty(const config::v1::PartyConfig& config,
                                         const std::string& path, const YamlFile& file) {
  DirectoryParty party;
  if (!config.tenant().empty() && !IsPolicyName(config.tenant())) {
    return file.Fault(path + ".tenant",
                      NameFault(config.tenant(), "give 1 to 63 of a-z, 0-9 and -"));
  }
  party.tenant = config.tenant();
  ASSIGN_OR_RETURN(party.self, ReadContact(config, path, file));
  for (int i = 0; i < config.aliases_size(); ++i) {
    RETURN_IF_ERROR(CheckWords(config.aliases(i), absl::StrCat(path, ".aliases[", i, "]"), file));
  }
  party.aliases = {config.aliases().begin(), config.aliases().end()};
  if (config.has_lead()) {
    ASSIGN_OR_RETURN(party.lead, ReadContact(config.lead(), path + ".lead", file));
  }
  if (config.has_manager()) {
    ASSIGN_OR_RETURN(party.manager, ReadContact(config.manager(), path + ".manager", file));
  }
  if (config.has_sponsor()) {
    ASSIGN_OR_RETURN(party.sponsor, ReadContact(config.sponsor(), path + ".sponsor", file));
  }
  RETURN_IF_ERROR(CheckDistinct(party, path, file));
  return party;
}

}  // namespace

absl::StatusOr<Directory> ParseDirectory(absl::string_view yaml, absl::string_view file_name) {
  config::v1::DirectoryFile config;
  YamlFile file{file_name, {}};
  RETURN_IF_ERROR(ParseYaml(yaml, file_name, &config, &file.lines));
  if (config.parties().empty()) return file.Fault("parties", "is missing or empty");
  Directory directory;
  for (int i = 0; i < config.parties_size(); ++i) {
    const std::string path = absl::StrCat("parties[", i, "]");
    ASSIGN_OR_RETURN(DirectoryParty party, ReadParty(config.parties(i), path, file));
    const std::string taken = directory.Add(std::move(party));
    if (taken.empty()) continue;
    return file.Fault(path, absl::StrCat("goes by \"", taken, "\", as a party before it does"));
  }
  return directory;
}

absl::StatusOr<Directory> LoadDirectory(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  return ParseDirectory(yaml, path);
}

}  // namespace clearway
