#include "service/escalation/route_loader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/escalation/names.h"

namespace clearway {
namespace {

using google::protobuf::RepeatedPtrField;

// Deeper trees are not read by people either.
constexpr int kMaxDepth = 16;
constexpr int kMaxRateCount = 1000;
// Times the days of a century it still fits.
constexpr int64_t kMaxCost = 1'000'000'000;

absl::Duration DurationOf(const google::protobuf::Duration& proto) {
  return absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

absl::StatusOr<std::vector<Matcher>> ReadMatchers(const RepeatedPtrField<std::string>& texts,
                                                  const std::string& path, const YamlFile& file) {
  std::vector<Matcher> matchers;
  for (int i = 0; i < texts.size(); ++i) {
    absl::StatusOr<Matcher> matcher = Matcher::Parse(texts[i]);
    if (!matcher.ok()) {
      return file.Fault(absl::StrCat(path, "[", i, "]"), matcher.status().message());
    }
    matchers.push_back(*std::move(matcher));
  }
  return matchers;
}

bool IsListed(const Matcher& matcher) {
  return matcher.op() == MatchOperator::kEqual || matcher.op() == MatchOperator::kIn;
}

// Whether everything that `later` matches, `earlier` matches too.
bool Covers(const std::vector<Matcher>& earlier, const std::vector<Matcher>& later) {
  return std::all_of(earlier.begin(), earlier.end(), [&](const Matcher& matcher) {
    return std::any_of(later.begin(), later.end(),
                       [&](const Matcher& other) { return matcher.Covers(other); });
  });
}

// Whether everything that `later` matches, `earlier` has taken before it.
bool Hides(const Route& earlier, const Route& later) {
  return !earlier.go_on && Covers(earlier.match, later.match);
}

// The values that all of `matchers` let a field have; nullopt where that cannot be listed.
std::optional<std::vector<std::string>> Possible(const std::vector<Matcher>& matchers,
                                                 MatchField field) {
  const auto listed = std::find_if(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    return matcher.field() == field && IsListed(matcher);
  });
  // Labels are many: one may fit each matcher.
  if (listed == matchers.end() || field == MatchField::kLabels) return std::nullopt;
  std::vector<std::string> values;
  for (const std::string& value : listed->values()) {
    if (std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
          return matcher.field() != field || matcher.Accepts(value);
        })) {
      values.push_back(value);
    }
  }
  return values;
}

// The field that can have no value under all of `matchers`; nullopt when they can match together.
std::optional<MatchField> Contradiction(const std::vector<Matcher>& matchers) {
  for (const Matcher& matcher : matchers) {
    const std::optional<std::vector<std::string>> values = Possible(matchers, matcher.field());
    if (values.has_value() && values->empty()) return matcher.field();
  }
  const auto categories = Possible(matchers, MatchField::kCategory);
  const auto reasons = Possible(matchers, MatchField::kReason);
  if (!categories.has_value() || !reasons.has_value()) return std::nullopt;
  const bool fit = std::any_of(reasons->begin(), reasons->end(), [&](const std::string& name) {
    const Reason reason = ParseReason(name).value_or(Reason::kUnspecified);
    // A person may give a category alone.
    if (reason == Reason::kUnspecified) return true;
    const std::string category(CategoryName(CategoryOf(reason)));
    return std::find(categories->begin(), categories->end(), category) != categories->end();
  });
  return fit ? std::nullopt : std::optional<MatchField>(MatchField::kReason);
}

// What holds at a route because of those above and before it.
struct Inherited {
  std::vector<Matcher> match;
  std::string ladder;
  std::string calendar;
  bool has_ladder = false;
};

class RouteReader {
 public:
  RouteReader(const EscalationPolicy& policy, const YamlFile& file)
      : policy_(policy), file_(file) {}

  absl::StatusOr<Route> Read(const config::v1::RouteConfig& config, const std::string& path,
                             Inherited inherited, int depth) {
    if (depth >= kMaxDepth) return file_.Fault(path, "is nested more than 16 deep");
    Route route;
    route.name = config.name().empty() ? path : config.name();
    route.go_on = config.continue_();
    ASSIGN_OR_RETURN(route.match, ReadMatchers(config.match(), path + ".match", file_));
    RETURN_IF_ERROR(CheckMatchers(route, path, &inherited));
    ASSIGN_OR_RETURN(route.settings, ReadSettings(config, path));
    RETURN_IF_ERROR(CheckLadder(config, route.settings, path, &inherited));
    for (int i = 0; i < config.routes_size(); ++i) {
      const std::string where = absl::StrCat(path, ".routes[", i, "]");
      ASSIGN_OR_RETURN(Route child, Read(config.routes(i), where, inherited, depth + 1));
      for (const Route& earlier : route.routes) {
        if (!Hides(earlier, child)) continue;
        return file_.Fault(where,
                           absl::StrCat("is never reached: \"", earlier.name,
                                        "\" before it takes all that it matches; put this one "
                                        "first, or let that one `continue`"));
      }
      if (child.go_on && child.settings.ladder.has_value()) inherited.has_ladder = true;
      route.routes.push_back(std::move(child));
    }
    return route;
  }

  const std::set<std::string>& used_ladders() const { return used_ladders_; }

 private:
  absl::Status CheckMatchers(const Route& route, const std::string& path, Inherited* inherited) {
    inherited->match.insert(inherited->match.end(), route.match.begin(), route.match.end());
    const std::optional<MatchField> field = Contradiction(inherited->match);
    if (!field.has_value()) return absl::OkStatus();
    return file_.Fault(path + ".match",
                       absl::StrCat("can never match: no ", MatchFieldName(*field),
                                    " satisfies all conditions of this route and those above it"));
  }

  absl::StatusOr<std::string> Named(const std::string& name, bool known,
                                    const std::vector<std::string>& names, const std::string& path,
                                    absl::string_view what) {
    if (name == kNone) return std::string();
    if (known) return name;
    return file_.Fault(
        path, NameFault(name, absl::StrCat("which is no ", what, "; ", KnownNames(names))));
  }

  absl::StatusOr<RouteSettings> ReadSettings(const config::v1::RouteConfig& config,
                                             const std::string& path) {
    RouteSettings settings;
    if (!config.ladder().empty()) {
      ASSIGN_OR_RETURN(settings.ladder,
                       Named(config.ladder(), FindLadder(config.ladder()) != nullptr, LadderNames(),
                             path + ".ladder", "ladder"));
      used_ladders_.insert(*settings.ladder);
    }
    if (!config.calendar().empty()) {
      if (!policy_.calendars.contains(config.calendar())) {
        return file_.Fault(
            path + ".calendar",
            NameFault(config.calendar(), absl::StrCat("which is no calendar; ",
                                                      KnownNames(KeysOf(policy_.calendars)))));
      }
      settings.calendar = config.calendar();
    }
    if (!config.quiet_hours().empty()) {
      ASSIGN_OR_RETURN(
          settings.quiet_hours,
          Named(config.quiet_hours(), policy_.quiet_hours.contains(config.quiet_hours()),
                KeysOf(policy_.quiet_hours), path + ".quiet_hours", "quiet hours"));
    }
    if (config.has_rate_limit()) {
      ASSIGN_OR_RETURN(settings.rate_limit, ReadRate(config.rate_limit(), path + ".rate_limit"));
    }
    if (config.has_group()) {
      ASSIGN_OR_RETURN(settings.grouping, ReadGroup(config.group(), path + ".group"));
    }
    return settings;
  }

  absl::StatusOr<RateLimit> ReadRate(const config::v1::RateLimitConfig& config,
                                     const std::string& path) {
    const RateLimit limit{config.count(), DurationOf(config.window())};
    if (limit.count < 0 || limit.count > kMaxRateCount) {
      return file_.Fault(path + ".count", "must be 1 to 1000, or 0 for no limit");
    }
    if (limit.count > 0 &&
        (limit.window < absl::Minutes(1) || limit.window > absl::Hours(24 * 366))) {
      return file_.Fault(path + ".window", "must be 1m to 366d");
    }
    return limit;
  }

  absl::StatusOr<Grouping> ReadGroup(const config::v1::GroupingConfig& config,
                                     const std::string& path) {
    const absl::Duration interval = DurationOf(config.interval());
    switch (config.by()) {
      case config::v1::GROUP_BY_NONE:
        return Grouping{};
      case config::v1::GROUP_BY_WAITING_ON:
        if (interval >= absl::Minutes(1) && interval <= absl::Hours(7 * 24))
          return Grouping{interval};
        return file_.Fault(path + ".interval", "must be 1m to 7d");
      default:
        return file_.Fault(path + ".by", "is missing; give WAITING_ON or NONE");
    }
  }

  absl::Status CheckLadder(const config::v1::RouteConfig& config, const RouteSettings& settings,
                           const std::string& path, Inherited* inherited) {
    if (settings.ladder.has_value()) {
      inherited->ladder = *settings.ladder;
      inherited->has_ladder = true;
    }
    if (settings.calendar.has_value()) inherited->calendar = *settings.calendar;
    if (config.routes().empty() && !inherited->has_ladder && !config.continue_()) {
      return file_.Fault(path, "has no ladder, and none above it; give one, or `ladder: none`");
    }
    const Ladder* ladder = FindLadder(inherited->ladder);
    if (ladder == nullptr || !ladder->business_time || !ladder->calendar.empty() ||
        !inherited->calendar.empty()) {
      return absl::OkStatus();
    }
    return file_.Fault(path + ".ladder",
                       absl::StrCat("is \"", ladder->name,
                                    "\", measured in business time, but no calendar is given here, "
                                    "above or in the ladder"));
  }

  const Ladder* FindLadder(const std::string& name) const {
    for (const Ladder& ladder : policy_.ladders) {
      if (ladder.name == name) return &ladder;
    }
    return nullptr;
  }

  std::vector<std::string> LadderNames() const {
    std::vector<std::string> names;
    names.reserve(policy_.ladders.size());
    for (const Ladder& ladder : policy_.ladders) names.push_back(ladder.name);
    return names;
  }

  static std::vector<std::string> KeysOf(const std::map<std::string, BusinessCalendar>& map) {
    std::vector<std::string> names;
    names.reserve(map.size());
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
  }

  const EscalationPolicy& policy_;
  const YamlFile& file_;
  std::set<std::string> used_ladders_;
};

absl::StatusOr<absl::Time> ReadTime(const std::string& text, const std::string& path,
                                    const YamlFile& file) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) && time > absl::UnixEpoch() &&
      time < absl::FromUnixSeconds(7'258'118'400)) {  // the year 2200
    return time;
  }
  return file.Fault(path, NameFault(text, "give a time such as 2026-12-24T00:00:00+08:00"));
}

}  // namespace

absl::StatusOr<Route> ReadRoutes(const config::v1::EscalationPolicyFile& config,
                                 const EscalationPolicy& policy, const YamlFile& file) {
  RouteReader reader(policy, file);
  ASSIGN_OR_RETURN(Route root, reader.Read(config.route(), "route", Inherited(), 0));
  if (root.go_on)
    return file.Fault("route.continue", "says nothing here: the root has no siblings");
  for (size_t i = 0; i < policy.ladders.size(); ++i) {
    if (reader.used_ladders().contains(policy.ladders[i].name)) continue;
    return file.Fault(absl::StrCat("ladders[", i, "]"),
                      absl::StrCat("is never reached: no route names \"", policy.ladders[i].name,
                                   "\"; name it, or leave it out"));
  }
  return root;
}

absl::StatusOr<std::vector<Mute>> ReadMutes(const config::v1::EscalationPolicyFile& config,
                                            const YamlFile& file) {
  std::vector<Mute> mutes;
  std::set<std::string> names;
  for (int i = 0; i < config.mutes_size(); ++i) {
    const config::v1::MuteConfig& each = config.mutes(i);
    const std::string path = absl::StrCat("mutes[", i, "]");
    if (!IsPolicyName(each.name())) {
      return file.Fault(path + ".name", NameFault(each.name(), "give 1 to 63 of a-z, 0-9 and -"));
    }
    if (!names.insert(each.name()).second) {
      return file.Fault(path + ".name", absl::StrCat("is \"", each.name(), "\" a second time"));
    }
    Mute mute;
    mute.name = each.name();
    ASSIGN_OR_RETURN(mute.begin, ReadTime(each.begin_time(), path + ".begin_time", file));
    ASSIGN_OR_RETURN(mute.end, ReadTime(each.end_time(), path + ".end_time", file));
    if (mute.end <= mute.begin) return file.Fault(path + ".end_time", "must be after begin_time");
    ASSIGN_OR_RETURN(mute.match, ReadMatchers(each.match(), path + ".match", file));
    if (const std::optional<MatchField> field = Contradiction(mute.match)) {
      return file.Fault(
          path + ".match",
          absl::StrCat("can never match: no ", MatchFieldName(*field), " satisfies all of it"));
    }
    mutes.push_back(std::move(mute));
  }
  return mutes;
}

absl::StatusOr<std::vector<DailyCost>> ReadCosts(const config::v1::EscalationPolicyFile& config,
                                                 const YamlFile& file) {
  std::vector<DailyCost> costs;
  for (int i = 0; i < config.costs_size(); ++i) {
    const config::v1::CostConfig& each = config.costs(i);
    const std::string path = absl::StrCat("costs[", i, "]");
    if (each.amount() < 1 || each.amount() > kMaxCost) {
      return file.Fault(path + ".amount", absl::StrCat("is ", each.amount(), "; give 1 to ",
                                                       kMaxCost, ", in whole units"));
    }
    const std::string& currency = each.currency();
    if (currency.size() != 3 ||
        !std::all_of(currency.begin(), currency.end(), absl::ascii_isupper)) {
      return file.Fault(path + ".currency",
                        absl::StrCat("is \"", currency, "\"; give three letters such as EUR"));
    }
    DailyCost cost{{}, each.amount(), currency};
    ASSIGN_OR_RETURN(cost.match, ReadMatchers(each.match(), path + ".match", file));
    if (const std::optional<MatchField> field = Contradiction(cost.match)) {
      return file.Fault(
          path + ".match",
          absl::StrCat("can never match: no ", MatchFieldName(*field), " satisfies all of it"));
    }
    for (size_t before = 0; before < costs.size(); ++before) {
      if (!Covers(costs[before].match, cost.match)) continue;
      return file.Fault(
          path, absl::StrCat("is never used: costs[", before, "] takes all that it matches"));
    }
    costs.push_back(std::move(cost));
  }
  return costs;
}

}  // namespace clearway
