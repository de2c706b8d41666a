#pragma once

#include <string>
#include <vector>

#include "service/domain/matcher.h"
#include "service/domain/policy.h"

namespace clearway {

// One route that was looked at on the way to a decision.
struct RouteTried {
  // 0 for the root.
  int depth = 0;
  std::string name;
  bool matched = false;
  // The matcher that decided: the first that failed, or all of them; "" for a route without any.
  std::string why;

  friend bool operator==(const RouteTried&, const RouteTried&) = default;
};

// What a policy says about one blocker.
struct RouteDecision {
  RouteSettings settings;
  // Of the last route that matched.
  std::string route;

  friend bool operator==(const RouteDecision&, const RouteDecision&) = default;
};

// Walks the tree. A route that matches hands what it and its parents set to the first of its
// children that matches; one that goes on hands it to its later siblings. `trace`, where given, is
// appended to. Pure.
RouteDecision Decide(const Route& root, const MatchFacts& facts,
                     std::vector<RouteTried>* trace = nullptr);

// The tree that stands for a policy without a route: each ladder's own matchers, in their order.
Route RouteOfLadders(const std::vector<Ladder>& ladders);

}  // namespace clearway
