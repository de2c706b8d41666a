#include "service/domain/directory.h"

#include <set>

#include "service/domain/party.h"

namespace clearway {

std::string Directory::Add(DirectoryParty party) {
  std::set<std::string> own;
  std::vector<std::string> words = {party.self.name, party.self.handle};
  words.insert(words.end(), party.aliases.begin(), party.aliases.end());
  for (const std::string& each : words) {
    std::string normalized = NormalizedParty(each);
    if (normalized.empty()) continue;
    if (by_words_.contains({party.tenant, normalized})) return each;
    own.insert(std::move(normalized));
  }
  for (const std::string& each : own) by_words_.emplace(std::pair(party.tenant, each), size());
  parties_.push_back(std::move(party));
  return "";
}

const DirectoryParty* Directory::Find(absl::string_view tenant, absl::string_view words) const {
  const std::string normalized = NormalizedParty(words);
  if (normalized.empty()) return nullptr;
  for (const absl::string_view owner : {tenant, absl::string_view()}) {
    const auto found = by_words_.find({std::string(owner), normalized});
    if (found != by_words_.end()) return &parties_[found->second];
  }
  return nullptr;
}

}  // namespace clearway
