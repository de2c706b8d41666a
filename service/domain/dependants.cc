#include "service/domain/dependants.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace clearway {
namespace {

// As trackers word it from the side of the ticket that is in the way.
constexpr std::array<absl::string_view, 6> kBlocks = {"blocks", "is blocking", "blocking",
                                                      "阻塞",   "阻碍",        "阻止"};

bool Blocks(const TicketLink& link) {
  const std::string type = absl::AsciiStrToLower(absl::StripAsciiWhitespace(link.type));
  return std::find(kBlocks.begin(), kBlocks.end(), type) != kBlocks.end();
}

}  // namespace

Dependants DependantsOf(const Ticket& ticket) {
  Dependants dependants;
  std::vector<std::string>& keys = dependants.keys;
  for (const TicketLink& link : ticket.links) {
    if (!Blocks(link) || link.key.empty() || link.key == ticket.key) continue;
    if (std::find(keys.begin(), keys.end(), link.key) == keys.end()) keys.push_back(link.key);
  }
  dependants.count = static_cast<int>(keys.size());
  return dependants;
}

Dependants DependantsOf(const Ticket& ticket, const Standing& standing) {
  Dependants dependants = DependantsOf(ticket);
  // Where it hangs on a root itself, the weight is the root's.
  if (!standing.root.empty() || standing.weight.tickets < dependants.count) return dependants;
  dependants.count = static_cast<int>(standing.weight.tickets);
  dependants.blocked_time = standing.weight.blocked;
  return dependants;
}

}  // namespace clearway
