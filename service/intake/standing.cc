#include "service/intake/standing.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "service/base/status_macros.h"
#include "service/domain/root_causes.h"

namespace clearway {
namespace {

// The ticket and the open ones that it hangs on, level by level.
absl::StatusOr<std::map<std::string, BelowTicket>> LookBelow(const LinkScope& scope,
                                                             const std::string& ticket,
                                                             LinkReader& links) {
  std::map<std::string, BelowTicket> below;
  std::vector<std::string> level = {ticket};
  while (!level.empty()) {
    ASSIGN_OR_RETURN(const std::vector<LinkedTicket> tickets, links.Tickets(scope, level));
    std::vector<std::string> open;
    for (const LinkedTicket& found : tickets) {
      // The one that is asked about is stuck, or it would not be asked about.
      if (found.over && found.ticket != ticket) continue;
      below[found.ticket].stuck = found.blocker_id != 0 || found.ticket == ticket;
      open.push_back(found.ticket);
    }
    ASSIGN_OR_RETURN(const std::vector<Dependency> dependencies, links.HangsOn(scope, open));
    level.clear();
    for (const Dependency& dependency : dependencies) {
      below[dependency.ticket].hangs_on.push_back(dependency.blocker);
      if (below.size() + level.size() < kMaxBelow && !below.contains(dependency.blocker)) {
        level.push_back(dependency.blocker);
      }
    }
    std::sort(level.begin(), level.end());
    level.erase(std::unique(level.begin(), level.end()), level.end());
  }
  return below;
}

}  // namespace

absl::StatusOr<Standing> StandingOf(const TicketKey& ticket, absl::Time now,
                                    std::optional<double> daily_cost, LinkReader& links) {
  const LinkScope scope{ticket.tenant, ticket.source};
  Standing standing;
  standing.daily_cost = daily_cost;
  ASSIGN_OR_RETURN(const auto below, LookBelow(scope, ticket.key, links));
  if (std::optional<std::string> told = ToldInstead(below, ticket.key)) {
    standing.held_by = *std::move(told);
    return standing;
  }
  std::string root = ticket.key;
  ASSIGN_OR_RETURN(const std::vector<Hanging> roots, links.RootsOf(scope, {ticket.key}));
  for (const Hanging& hanging : roots) {
    // In a circle that is a root it may be this one's part to speak for it.
    if (standing.root.empty() || hanging.root < standing.root) standing.root = hanging.root;
  }
  if (!standing.root.empty()) root = standing.root;
  ASSIGN_OR_RETURN(const std::vector<Root> found, links.FindRoots(scope, {root}));
  if (found.empty()) {
    standing.root.clear();
    return standing;
  }
  standing.weight = found.front().weight(now);
  return standing;
}

}  // namespace clearway
