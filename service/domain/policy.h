#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/business_calendar.h"
#include "service/domain/matcher.h"
#include "service/domain/taxonomy.h"
#include "service/domain/ticket.h"

namespace clearway {

// An escalation policy as values; see clearway.config.v1.EscalationPolicyFile for what it means.

// Same numbers as clearway.config.v1.EscalationTarget.
enum class EscalationTarget { kParty = 1, kTeamLead = 2, kManager = 3, kSponsor = 4 };

struct LadderStep {
  // Time from the beginning of the blocker's spell, in the ladder's clock.
  absl::Duration after;
  EscalationTarget target = EscalationTarget::kParty;
  std::string channel;
  // Added to `after` in ladders of business time: days and weeks as long as the calendar's.
  double days = 0;
  double weeks = 0;
};

struct Ladder {
  std::string name;
  // Only where the policy has no route of its own: which blockers it is for; empty matches any.
  std::set<Priority> priorities = {};
  std::set<Category> categories = {};
  std::set<Reason> reasons = {};
  std::vector<LadderStep> steps = {};
  // Measured in business time; in wall time otherwise.
  bool business_time = false;
  // Of its business time; empty: the route's.
  std::string calendar = {};

  int levels() const { return static_cast<int>(steps.size()); }
  // `level` from 1.
  const LadderStep& rung(int level) const { return steps[static_cast<size_t>(level) - 1]; }
};

// At most `count` messages to one recipient within any `window`. Count 0: no limit.
struct RateLimit {
  int count = 0;
  absl::Duration window;

  friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

// Messages to one party fall due together, at whole multiples of `interval` since the Unix epoch.
// Interval 0: each by itself.
struct Grouping {
  absl::Duration interval;

  friend bool operator==(const Grouping&, const Grouping&) = default;
};

// What keeps people from being told too much at once, whatever the policy asks for; nothing unless
// set.
struct Pacing {
  // Messages of one tenant within any minute; 0: no bound.
  int per_minute = 0;
  // For so long after a message, what else falls due for the same recipient, channel and party
  // gathers for the next one. A policy's own Grouping goes before it.
  absl::Duration gather;
};

// What a route says about the blockers that end there; nullopt: as its parent.
struct RouteSettings {
  // "": no ladder.
  std::optional<std::string> ladder;
  std::optional<std::string> calendar;
  // "": none.
  std::optional<std::string> quiet_hours;
  std::optional<RateLimit> rate_limit;
  std::optional<Grouping> grouping;

  friend bool operator==(const RouteSettings&, const RouteSettings&) = default;
};

struct Route {
  // Shown where a decision is explained.
  std::string name;
  // All must match.
  std::vector<Matcher> match = {};
  // Later siblings are tried too, and what they set comes on top of what this one set.
  bool go_on = false;
  RouteSettings settings = {};
  // Tried in order.
  std::vector<Route> routes = {};
};

// Within [begin, end) nothing is said about what it matches.
struct Mute {
  std::string name;
  absl::Time begin;
  absl::Time end;
  std::vector<Matcher> match;
};

// What a working day costs on which a ticket that it matches is stuck, in whole units of a
// currency.
struct DailyCost {
  std::vector<Matcher> match;
  int64_t amount = 0;
  // As in ISO 4217: "EUR".
  std::string currency;
};

struct EscalationPolicy {
  std::vector<Ladder> ladders;
  // nullopt: the first ladder that matches is used.
  std::optional<Route> route = {};
  // By name.
  std::map<std::string, BusinessCalendar> calendars = {};
  // By name; they are open outside the quiet hours.
  std::map<std::string, BusinessCalendar> quiet_hours = {};
  std::vector<Mute> mutes = {};
  // The first that matches is used.
  std::vector<DailyCost> costs = {};
};

}  // namespace clearway
