#pragma once

#include <compare>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

#include "service/domain/ticket.h"

namespace clearway {

// `ticket` hangs on `blocker`: it cannot go on before that is done. Both are keys of one tenant and
// source.
struct Dependency {
  std::string ticket;
  std::string blocker;
  // Which of the two says so; where both do, there are two of them.
  bool told_by_blocker = false;

  friend auto operator<=>(const Dependency&, const Dependency&) = default;
};

// What a link makes of its two tickets.
enum class LinkMeaning { kNone = 0, kHangsOn = 1, kHolds = 2 };

// Reads a tool's words for a link, from its ticket's side: "is blocked by", "depends on", "依赖"
// mean that the ticket hangs on the other one, "blocks", "is depended on by" that it holds it.
// Whatever else relates tickets (duplicates, parents, "follows") holds up nobody by itself. Upper
// and lower case, and "_" and "-" for blanks, are alike.
LinkMeaning MeaningOf(absl::string_view link_type);

// Most dependencies that one ticket's own links make; later links are not followed.
inline constexpr size_t kMaxDependencies = 200;

// What the links of a ticket say. A link to itself says nothing.
std::set<Dependency> DependenciesOf(const Ticket& ticket);

}  // namespace clearway
