#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace clearway {

// What hangs on a root.
struct RootWeight {
  // Tickets that hang on it, through however many links, each once.
  int64_t tickets = 0;
  // Those of them that are stuck now.
  int64_t stuck = 0;
  // Wall time that those have been stuck, the earlier spells of their blockers included, summed up.
  absl::Duration blocked;

  friend bool operator==(const RootWeight&, const RootWeight&) = default;
};

// What the links say about a ticket that is stuck, for what is told about it. The default: nothing.
struct Standing {
  // The key of the ticket that is told about instead; empty: none, it speaks for itself.
  std::string held_by;
  // The key of an open ticket that it hangs on though nothing is known to hold that one up; empty:
  // none.
  std::string root;
  // What hangs on `root`, or on the ticket itself where that is empty.
  RootWeight weight;
  // What a day of being blocked costs, in whatever currency; nullopt: not known.
  std::optional<double> daily_cost;

  friend bool operator==(const Standing&, const Standing&) = default;
};

// nullopt where the cost of a day is not known.
inline std::optional<double> CostOf(const RootWeight& weight, std::optional<double> daily_cost) {
  if (!daily_cost.has_value()) return std::nullopt;
  return *daily_cost * absl::FDivDuration(weight.blocked, absl::Hours(24));
}

}  // namespace clearway
