#include "service/server/metrics.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr char kOther[] = "other";

constexpr std::array<const char*, kEventResultCount> kResultNames = {"applied", "duplicate",
                                                                     "stale", "refused", "failed"};
constexpr std::array<const char*, 3> kLanguages = {"en", "zh", "und"};

// The categories that a blocker can have.
constexpr std::array<Category, 4> kBlockedCategories = {
    Category::kTechnical, Category::kCommunication, Category::kResource, Category::kCrossTeam};

template <typename Metrics>
auto& At(Metrics& by_category, Category category) {
  return by_category[static_cast<size_t>(category)];
}

std::string Name(absl::string_view name) { return std::string(name); }

Histogram::BucketBoundaries ClassificationBuckets() {
  return {25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 100e-3, 1};
}

Histogram::BucketBoundaries LagBuckets() {
  return {1, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 86400};
}

}  // namespace

const Histogram::BucketBoundaries& HumanTimeBuckets() {
  constexpr double kHour = 3600;
  constexpr double kDay = 24 * kHour;
  static const auto& buckets = *new Histogram::BucketBoundaries{
      kHour / 4, kHour,    4 * kHour, 8 * kHour, kDay,     2 * kDay,
      3 * kDay,  7 * kDay, 14 * kDay, 30 * kDay, 90 * kDay};
  return buckets;
}

IngestMetrics::IngestMetrics(prometheus::Registry& registry)
    : events_(
          BuildCounter()
              .Name("clearway_ticket_events_total")
              .Help("Ticket events received, by the tool they came from and what became of them.")
              .Register(registry)),
      other_(Create(kOther)) {}

IngestMetrics::Counters IngestMetrics::Create(const std::string& source) {
  Counters counters{};
  for (size_t i = 0; i < kEventResultCount; ++i) {
    counters[i] = &events_.Add({{"source", source}, {"result", kResultNames[i]}});
  }
  return counters;
}

void IngestMetrics::Count(const std::string& source, EventResult result) {
  Counter* counter = other_[static_cast<size_t>(result)];
  if (!source.empty() && source != kOther) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto found = by_source_.find(source);
    // What was refused earns no name of its own: anybody could use the names up.
    if (found == by_source_.end() && by_source_.size() < kMaxSources &&
        result != EventResult::kRefused) {
      found = by_source_.emplace(source, Create(source)).first;
    }
    if (found != by_source_.end()) counter = found->second[static_cast<size_t>(result)];
  }
  counter->Increment();
}

ClassificationMetrics::ClassificationMetrics(prometheus::Registry& registry)
    : duration_(BuildHistogram()
                    .Name("clearway_classification_duration_seconds")
                    .Help("Time to classify one ticket.")
                    .Register(registry)
                    .Add({}, ClassificationBuckets())) {
  auto& family =
      BuildCounter()
          .Name("clearway_classifications_total")
          .Help("Tickets classified, by likeliest category and by the ticket's language.")
          .Register(registry);
  for (size_t category = 1; category < kCategoryCount; ++category) {
    for (size_t language = 0; language < kLanguageCount; ++language) {
      total_[category][language] =
          &family.Add({{"category", Name(CategoryName(static_cast<Category>(category)))},
                       {"language", kLanguages[language]}});
    }
  }
}

void ClassificationMetrics::Observe(const Classification& classification, absl::Duration took) {
  duration_.Observe(absl::ToDoubleSeconds(took));
  const auto language =
      std::find(kLanguages.begin(), kLanguages.end() - 1, classification.language);
  Counter* counter =
      At(total_, classification.category)[static_cast<size_t>(language - kLanguages.begin())];
  if (counter != nullptr) counter->Increment();
}

BlockerMetrics::BlockerMetrics(prometheus::Registry& registry, size_t max_projects)
    : max_projects_(max_projects),
      agreed_(BuildCounter()
                  .Name("clearway_feedback_total")
                  .Help("Judgements of verdicts by people, by whether they agree.")
                  .Register(registry)
                  .Add({{"agrees", "true"}})),
      disagreed_(BuildCounter()
                     .Name("clearway_feedback_total")
                     .Help("Judgements of verdicts by people, by whether they agree.")
                     .Register(registry)
                     .Add({{"agrees", "false"}})),
      open_(BuildGauge()
                .Name("clearway_blockers_open")
                .Help("Blockers not resolved, as of the last sweep; small projects are summed as "
                      "\"other\".")
                .Register(registry)) {
  auto& opened = BuildCounter()
                     .Name("clearway_blockers_opened_total")
                     .Help("Blockers opened and re-opened, by category.")
                     .Register(registry);
  auto& resolved = BuildCounter()
                       .Name("clearway_blockers_resolved_total")
                       .Help("Blockers resolved, by category.")
                       .Register(registry);
  auto& time_to_unblock = BuildHistogram()
                              .Name("clearway_time_to_unblock_seconds")
                              .Help("Time from (re-)opening to resolution, by category.")
                              .Register(registry);
  auto& review = BuildCounter()
                     .Name("clearway_verdicts_left_to_review_total")
                     .Help("Verdicts less confident than their tenant asks, by likeliest category.")
                     .Register(registry);
  for (const Category category : kVerdictCategories) {
    At(left_to_review_, category) = &review.Add({{"likeliest", Name(CategoryName(category))}});
  }
  for (const Category category : kBlockedCategories) {
    const prometheus::Labels labels = {{"category", Name(CategoryName(category))}};
    At(opened_, category) = &opened.Add(labels);
    At(resolved_, category) = &resolved.Add(labels);
    At(time_to_unblock_, category) = &time_to_unblock.Add(labels, HumanTimeBuckets());
  }
}

void BlockerMetrics::Changed(const BlockerChange& change,
                             std::optional<absl::Duration> unblocked_after) {
  if (!IsBlocked(change.category)) return;
  const bool was_lasting =
      change.from != BlockerState::kUnspecified && change.from != BlockerState::kResolved;
  const bool lasts = change.to != BlockerState::kResolved;
  if (lasts && !was_lasting) At(opened_, change.category)->Increment();
  if (was_lasting && !lasts) At(resolved_, change.category)->Increment();
  if (unblocked_after.has_value()) {
    At(time_to_unblock_, change.category)->Observe(absl::ToDoubleSeconds(*unblocked_after));
  }
}

void BlockerMetrics::LeftToReview(Category likeliest) {
  Counter* counter = At(left_to_review_, likeliest);
  if (counter != nullptr) counter->Increment();
}

void BlockerMetrics::SetOpen(const std::vector<OpenBlockerCount>& counts) {
  std::map<std::string, int64_t> by_project;
  for (const OpenBlockerCount& row : counts) by_project[row.project] += row.count;
  std::vector<std::pair<int64_t, std::string>> ranked;
  ranked.reserve(by_project.size());
  for (const auto& [project, count] : by_project) ranked.emplace_back(-count, project);
  std::sort(ranked.begin(), ranked.end());
  std::set<std::string> named;
  for (size_t i = 0; i < std::min(max_projects_, ranked.size()); ++i)
    named.insert(ranked[i].second);

  std::map<Key, double> now;
  for (const OpenBlockerCount& row : counts) {
    const std::string project = named.contains(row.project) ? row.project : kOther;
    now[{row.category, row.reason, project}] += static_cast<double>(row.count);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(gauges_, [&](const auto& entry) {
    const std::string& project = std::get<std::string>(entry.first);
    if (now.contains(entry.first)) return false;
    if (named.contains(project) || project == kOther) {
      entry.second->Set(0);
      return false;
    }
    open_.Remove(entry.second);
    return true;
  });
  for (const auto& [key, count] : now) {
    const auto& [category, reason, project] = key;
    Gauge*& gauge = gauges_[key];
    if (gauge == nullptr) {
      gauge = &open_.Add({{"category", Name(CategoryName(category))},
                          {"reason", Name(ReasonName(reason))},
                          {"project", project}});
    }
    gauge->Set(count);
  }
}

EscalationMetrics::EscalationMetrics(prometheus::Registry& registry)
    : messages_(BuildCounter()
                    .Name("clearway_escalation_messages_total")
                    .Help("Messages recorded, each of which tells of one step or several.")
                    .Register(registry)
                    .Add({})),
      lag_(BuildHistogram()
               .Name("clearway_escalation_lag_seconds")
               .Help("How long after its due time a step was taken by the sweeper.")
               .Register(registry)
               .Add({}, LagBuckets())),
      sweeps_ok_(BuildCounter()
                     .Name("clearway_sweeps_total")
                     .Help("Rounds of the sweeper that takes due steps, by outcome.")
                     .Register(registry)
                     .Add({{"outcome", "ok"}})),
      sweeps_failed_(BuildCounter()
                         .Name("clearway_sweeps_total")
                         .Help("Rounds of the sweeper that takes due steps, by outcome.")
                         .Register(registry)
                         .Add({{"outcome", "failed"}})) {
  auto& taken = BuildCounter()
                    .Name("clearway_escalations_total")
                    .Help("Steps of escalation ladders, by level and outcome.")
                    .Register(registry);
  const auto by_level = [&taken](absl::string_view outcome) {
    ByLevel counters{};
    for (size_t level = 1; level <= kTopLevel; ++level) {
      const std::string name = level == kTopLevel ? absl::StrCat(level, "+") : absl::StrCat(level);
      counters[level - 1] = &taken.Add({{"level", name}, {"outcome", std::string(outcome)}});
    }
    return counters;
  };
  taken_ = by_level("taken");
  for (const StepOutcome outcome :
       {StepOutcome::kResolved, StepOutcome::kNextStep, StepOutcome::kMoot}) {
    settled_[static_cast<size_t>(outcome)] = by_level(StepOutcomeName(outcome));
  }
  auto& put_off = BuildCounter()
                      .Name("clearway_escalations_put_off_total")
                      .Help("Times that a step which had fallen due was put off, by cause.")
                      .Register(registry);
  const std::array<const char*, kPutOffCount> causes = {"pace", "rate_limit", "gather"};
  for (size_t i = 0; i < causes.size(); ++i) put_off_[i] = &put_off.Add({{"cause", causes[i]}});
}

void EscalationMetrics::Count(const ByLevel& counters, int level) {
  const size_t at = std::clamp<size_t>(static_cast<size_t>(std::max(level, 1)), 1, kTopLevel) - 1;
  if (counters[at] != nullptr) counters[at]->Increment();
}

void EscalationMetrics::Told(const Escalation& message) {
  messages_.Increment();
  if (message.members.empty()) Count(taken_, message.level);
  for (const EscalationMember& member : message.members) Count(taken_, member.level);
}

void EscalationMetrics::Settled(const TakenStep& step) {
  Count(settled_[static_cast<size_t>(step.outcome)], step.level);
}

void RegisterProcessMetrics(prometheus::Registry& registry, const std::string& version,
                            absl::Time started) {
  BuildGauge()
      .Name("clearway_build_info")
      .Help("Always 1; the label says which build this is.")
      .Register(registry)
      .Add({{"version", version}})
      .Set(1);
  BuildGauge()
      .Name("process_start_time_seconds")
      .Help("When the process started, in seconds since the Unix epoch.")
      .Register(registry)
      .Add({})
      .Set(absl::ToDoubleSeconds(started - absl::UnixEpoch()));
}

}  // namespace clearway
