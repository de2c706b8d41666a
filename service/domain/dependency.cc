#include "service/domain/dependency.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace clearway {
namespace {

constexpr std::array<absl::string_view, 17> kHangsOn = {
    "is blocked by",   "blocked by",     "blocked",   "blocked on", "depends on", "depends upon",
    "is dependent on", "is waiting for", "waits for", "requires",   "被阻塞",     "被阻塞于",
    "受阻于",          "受阻於",         "依赖",      "依赖于",     "依賴"};
constexpr std::array<absl::string_view, 11> kHolds = {"blocks",
                                                      "is blocking",
                                                      "blocking",
                                                      "is depended on by",
                                                      "is depended upon by",
                                                      "is required by",
                                                      "is holding up",
                                                      "阻塞",
                                                      "被依赖",
                                                      "被依赖于",
                                                      "被依賴"};

template <size_t size>
bool Contains(const std::array<absl::string_view, size>& words, absl::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

LinkMeaning MeaningOf(absl::string_view link_type) {
  std::string words(link_type);
  std::replace_if(
      words.begin(), words.end(), [](char c) { return c == '_' || c == '-'; }, ' ');
  absl::AsciiStrToLower(&words);
  absl::RemoveExtraAsciiWhitespace(&words);
  if (Contains(kHangsOn, words)) return LinkMeaning::kHangsOn;
  if (Contains(kHolds, words)) return LinkMeaning::kHolds;
  return LinkMeaning::kNone;
}

std::set<Dependency> DependenciesOf(const Ticket& ticket) {
  std::set<Dependency> dependencies;
  for (const TicketLink& link : ticket.links) {
    if (dependencies.size() == kMaxDependencies) break;
    if (link.key == ticket.key) continue;
    switch (MeaningOf(link.type)) {
      case LinkMeaning::kHangsOn:
        dependencies.insert({ticket.key, link.key, /*told_by_blocker=*/false});
        break;
      case LinkMeaning::kHolds:
        dependencies.insert({link.key, ticket.key, /*told_by_blocker=*/true});
        break;
      case LinkMeaning::kNone:
        break;
    }
  }
  return dependencies;
}

}  // namespace clearway
