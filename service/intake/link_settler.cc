#include "service/intake/link_settler.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

#include "service/base/status_macros.h"
#include "service/domain/root_causes.h"

namespace clearway {
namespace {

using Keys = std::vector<std::string>;

// One piece of work on the links of one scope.
class Settling {
 public:
  Settling(const LinkScope& scope, Links& links) : scope_(scope), links_(links) {}

  // Walks from the tickets that changed to all that hang on them. False: there are more than
  // `limit`.
  absl::StatusOr<bool> WalkUp(const std::vector<PendingLinkChange>& changes, size_t limit);
  // Works out the places of all that was walked over, and writes what differs.
  absl::Status Settle(SettledLinks* done);

 private:
  absl::Status Learn(const Keys& tickets);
  const LinkedTicket& Known(const std::string& ticket) const { return known_.at(ticket); }
  absl::StatusOr<OpenLinks> ReadLinks();
  // The places of what the links lead to and was not walked over.
  absl::StatusOr<std::map<std::string, RootPlace>> ReadSettled(const OpenLinks& links);
  // By root and ticket.
  using Rows = std::map<std::pair<std::string, std::string>, Hanging>;
  // What is to be added to each root.
  using Sums = std::map<std::string, Root>;
  absl::Status WriteRoots(const std::map<std::string, RootPlace>& places, SettledLinks* done);
  Rows RowsOf(const std::map<std::string, RootPlace>& places, const Rows& before) const;
  absl::StatusOr<Sums> WriteRows(const Rows& before, const Rows& after, SettledLinks* done);
  absl::Status AddToRoots(const std::map<std::string, RootPlace>& places, Sums sums);
  void Wake(SettledLinks* done) const;

  const LinkScope& scope_;
  Links& links_;
  // All that was walked over, with the strongest change below or of it. Those of kWeight keep their
  // places.
  absl::flat_hash_map<std::string, LinkChange> walked_;
  absl::flat_hash_map<std::string, LinkedTicket> known_;
};

absl::Status Settling::Learn(const Keys& tickets) {
  Keys unknown;
  for (const std::string& ticket : tickets) {
    if (!known_.contains(ticket)) unknown.push_back(ticket);
  }
  ASSIGN_OR_RETURN(std::vector<LinkedTicket> learnt, links_.Tickets(scope_, unknown));
  for (LinkedTicket& ticket : learnt) {
    std::string key = ticket.ticket;
    known_.insert_or_assign(std::move(key), std::move(ticket));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Settling::WalkUp(const std::vector<PendingLinkChange>& changes, size_t limit) {
  std::map<std::string, LinkChange> level;
  for (const PendingLinkChange& change : changes) {
    LinkChange& kept = level.try_emplace(change.ticket, change.change).first->second;
    kept = std::max(kept, change.change);
  }
  for (bool first = true; !level.empty(); first = false) {
    Keys keys;
    Keys walk_on;
    for (const auto& [key, change] : level) keys.push_back(key);
    RETURN_IF_ERROR(Learn(keys));
    for (const auto& [key, change] : level) {
      walked_[key] = change;
      // What hangs on a ticket that has ended hangs on nothing through it, unless it ended just
      // now.
      if (change != LinkChange::kWeight && (first || !Known(key).over)) walk_on.push_back(key);
    }
    if (walked_.size() > limit) return false;
    ASSIGN_OR_RETURN(const std::vector<Dependency> holds, links_.Holds(scope_, walk_on));
    std::map<std::string, LinkChange> next;
    for (const Dependency& dependency : holds) {
      const LinkChange change = level.at(dependency.blocker);
      const auto seen = walked_.find(dependency.ticket);
      if (seen != walked_.end() && seen->second >= change) continue;
      LinkChange& kept = next.try_emplace(dependency.ticket, change).first->second;
      kept = std::max(kept, change);
    }
    level = std::move(next);
  }
  return true;
}

absl::StatusOr<OpenLinks> Settling::ReadLinks() {
  OpenLinks links;
  Keys open;
  for (const auto& [key, change] : walked_) {
    if (change == LinkChange::kWeight || Known(key).over) continue;
    links[key];
    open.push_back(key);
  }
  ASSIGN_OR_RETURN(const std::vector<Dependency> dependencies, links_.HangsOn(scope_, open));
  Keys below;
  for (const Dependency& dependency : dependencies) below.push_back(dependency.blocker);
  std::sort(below.begin(), below.end());
  below.erase(std::unique(below.begin(), below.end()), below.end());
  RETURN_IF_ERROR(Learn(below));
  for (const Dependency& dependency : dependencies) {
    if (!Known(dependency.blocker).over) {
      links[dependency.ticket].push_back(dependency.blocker);
    }
  }
  return links;
}

absl::StatusOr<std::map<std::string, RootPlace>> Settling::ReadSettled(const OpenLinks& links) {
  std::set<std::string> outside;
  for (const auto& [key, hangs_on] : links) {
    for (const std::string& below : hangs_on) {
      if (!links.contains(below)) outside.insert(below);
    }
  }
  ASSIGN_OR_RETURN(const std::vector<Hanging> rows,
                   links_.RootsOf(scope_, Keys(outside.begin(), outside.end())));
  std::map<std::string, RootPlace> settled;
  for (const Hanging& row : rows) settled[row.ticket].roots.push_back(row.root);
  return settled;
}

absl::Status Settling::Settle(SettledLinks* done) {
  ASSIGN_OR_RETURN(const OpenLinks links, ReadLinks());
  ASSIGN_OR_RETURN(const auto settled, ReadSettled(links));
  RETURN_IF_ERROR(WriteRoots(FindRoots(links, settled), done));
  Wake(done);
  done->tickets += walked_.size();
  return absl::OkStatus();
}

Settling::Rows Settling::RowsOf(const std::map<std::string, RootPlace>& places,
                                const Rows& before) const {
  Rows rows;
  const auto put = [&](const std::string& root, const LinkedTicket& ticket, bool in_circle) {
    rows.emplace(std::pair(root, ticket.ticket),
                 Hanging{root, ticket.ticket, ticket.project, in_circle, BlockedSum::Of(ticket)});
  };
  for (const auto& [key, row] : before) {
    const LinkedTicket& ticket = Known(row.ticket);
    const bool stays = walked_.at(row.ticket) == LinkChange::kWeight && !ticket.over;
    if (stays) put(row.root, ticket, row.in_circle);
  }
  for (const auto& [key, place] : places) {
    for (const std::string& root : place.roots) put(root, Known(key), place.circle > 0);
  }
  return rows;
}

absl::StatusOr<Settling::Sums> Settling::WriteRows(const Rows& before, const Rows& after,
                                                   SettledLinks* done) {
  Sums sums;
  const auto add = [&](const Hanging& row, int64_t sign) {
    Root& sum = sums[row.root];
    sum.tickets += sign;
    sum.blocked.stuck += sign * row.blocked.stuck;
    sum.blocked.offset_ms += sign * row.blocked.offset_ms;
  };
  for (const auto& [key, row] : before) {
    const auto found = after.find(key);
    if (found != after.end() && found->second == row) continue;
    add(row, -1);
    if (found != after.end()) continue;
    RETURN_IF_ERROR(links_.RemoveHanging(scope_, row.root, row.ticket));
    ++done->rows;
  }
  for (const auto& [key, row] : after) {
    const auto found = before.find(key);
    if (found != before.end() && found->second == row) continue;
    add(row, +1);
    RETURN_IF_ERROR(links_.PutHanging(scope_, row));
    ++done->rows;
  }
  return sums;
}

absl::Status Settling::AddToRoots(const std::map<std::string, RootPlace>& places, Sums sums) {
  Keys roots;
  for (const auto& [root, sum] : sums) roots.push_back(root);
  // How many are in a circle that was not walked over did not change: what changes a circle is
  // below every one of its tickets.
  ASSIGN_OR_RETURN(const std::vector<Root> old, links_.FindRoots(scope_, roots));
  for (const Root& root : old) sums[root.ticket].circle = root.circle;
  for (auto& [key, sum] : sums) {
    const auto place = places.find(key);
    if (place != places.end()) sum.circle = place->second.circle;
    sum.ticket = key;
    RETURN_IF_ERROR(links_.AddToRoot(scope_, sum));
  }
  return absl::OkStatus();
}

absl::Status Settling::WriteRoots(const std::map<std::string, RootPlace>& places,
                                  SettledLinks* done) {
  Keys walked;
  for (const auto& [key, change] : walked_) walked.push_back(key);
  std::sort(walked.begin(), walked.end());
  ASSIGN_OR_RETURN(const std::vector<Hanging> kept, links_.RootsOf(scope_, walked));
  Rows before;
  for (const Hanging& row : kept) before.emplace(std::pair(row.root, row.ticket), row);
  ASSIGN_OR_RETURN(Sums sums, WriteRows(before, RowsOf(places, before), done));
  for (const auto& [key, place] : places) {
    if (place.circle > 0 && place.roots.empty()) sums.try_emplace(key);
  }
  return AddToRoots(places, std::move(sums));
}

void Settling::Wake(SettledLinks* done) const {
  for (const auto& [key, change] : walked_) {
    const LinkedTicket& ticket = Known(key);
    if (change != LinkChange::kLess || ticket.blocker_id == 0) continue;
    if (done->woken.size() == kMaxWoken) return;
    Blocker blocker;
    blocker.id = ticket.blocker_id;
    blocker.ticket = scope_.Of(key);
    done->woken.push_back(std::move(blocker));
  }
}

}  // namespace

absl::StatusOr<SettledLinks> SettleLinks(const SettleLimits& limits, Transaction& tx) {
  SettledLinks done;
  ASSIGN_OR_RETURN(Links* const links, tx.links());
  ASSIGN_OR_RETURN(std::optional<LinkWork> work,
                   links->TakeChanges(limits.put_off, limits.changes));
  if (!work.has_value()) return done;
  done.worked = true;
  Settling together(work->scope, *links);
  const size_t most = limits.put_off ? std::numeric_limits<size_t>::max() : limits.tickets;
  ASSIGN_OR_RETURN(bool within, together.WalkUp(work->changes, most));
  if (within) {
    RETURN_IF_ERROR(together.Settle(&done));
    RETURN_IF_ERROR(links->ForgetChanges(work->scope, work->changes));
    return done;
  }
  // One of them moves too much: the oldest alone.
  work->changes.resize(1);
  Settling alone(work->scope, *links);
  ASSIGN_OR_RETURN(within, alone.WalkUp(work->changes, most));
  if (!within) {
    RETURN_IF_ERROR(links->PutOff(work->scope, work->changes.front()));
    return done;
  }
  RETURN_IF_ERROR(alone.Settle(&done));
  RETURN_IF_ERROR(links->ForgetChanges(work->scope, work->changes));
  return done;
}

}  // namespace clearway
