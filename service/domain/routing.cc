#include "service/domain/routing.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace clearway {
namespace {

RouteSettings Overlaid(RouteSettings below, const RouteSettings& above) {
  if (above.ladder.has_value()) below.ladder = above.ladder;
  if (above.calendar.has_value()) below.calendar = above.calendar;
  if (above.quiet_hours.has_value()) below.quiet_hours = above.quiet_hours;
  if (above.rate_limit.has_value()) below.rate_limit = above.rate_limit;
  if (above.grouping.has_value()) below.grouping = above.grouping;
  return below;
}

std::string AllOf(const std::vector<Matcher>& matchers) {
  return absl::StrJoin(matchers, ", ", [](std::string* out, const Matcher& matcher) {
    absl::StrAppend(out, matcher.text());
  });
}

class Walk {
 public:
  Walk(const MatchFacts& facts, std::vector<RouteTried>* trace) : facts_(facts), trace_(trace) {}

  // nullopt when the route does not match.
  std::optional<RouteDecision> Into(const Route& route, const RouteSettings& inherited, int depth) {
    if (!Matches(route, depth)) return std::nullopt;
    RouteDecision decision{Overlaid(inherited, route.settings), route.name};
    for (const Route& child : route.routes) {
      std::optional<RouteDecision> below = Into(child, decision.settings, depth + 1);
      if (!below.has_value()) continue;
      decision = *std::move(below);
      if (!child.go_on) break;
    }
    return decision;
  }

 private:
  bool Matches(const Route& route, int depth) {
    for (const Matcher& matcher : route.match) {
      if (matcher.Matches(facts_)) continue;
      if (trace_ != nullptr) trace_->push_back({depth, route.name, false, matcher.text()});
      return false;
    }
    if (trace_ != nullptr) trace_->push_back({depth, route.name, true, AllOf(route.match)});
    return true;
  }

  const MatchFacts& facts_;
  std::vector<RouteTried>* trace_;
};

template <typename T>
void AddMatcher(absl::string_view field, const std::set<T>& values,
                absl::string_view (*name)(T value), std::vector<Matcher>* match) {
  if (values.empty()) return;
  const std::string list = absl::StrJoin(
      values, ", ", [&](std::string* out, T value) { absl::StrAppend(out, name(value)); });
  absl::StatusOr<Matcher> matcher = Matcher::Parse(absl::StrCat(field, " in (", list, ")"));
  // Names of enums always make one.
  if (matcher.ok()) match->push_back(*std::move(matcher));
}

}  // namespace

RouteDecision Decide(const Route& root, const MatchFacts& facts, std::vector<RouteTried>* trace) {
  return Walk(facts, trace).Into(root, RouteSettings(), 0).value_or(RouteDecision());
}

Route RouteOfLadders(const std::vector<Ladder>& ladders) {
  Route root;
  root.name = "ladders";
  for (const Ladder& ladder : ladders) {
    Route& route = root.routes.emplace_back();
    route.name = ladder.name;
    route.settings.ladder = ladder.name;
    AddMatcher("priority", ladder.priorities, &PriorityName, &route.match);
    AddMatcher("category", ladder.categories, &CategoryName, &route.match);
    AddMatcher("reason", ladder.reasons, &ReasonName, &route.match);
  }
  return root;
}

}  // namespace clearway
