#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/escalation.h"
#include "service/domain/step_outcome.h"
#include "service/intake/ladder.h"
#include "service/store/store.h"

namespace clearway {

// One struct per component, built once on the registry handed in, which must outlive it. Every
// label value that is known beforehand is created up front, so that rates start at 0. All are
// thread-safe.

// Bounds of histograms of times that people take: 15 minutes to 90 days.
const prometheus::Histogram::BucketBoundaries& HumanTimeBuckets();

// What became of an event; the label of clearway_ticket_events_total.
enum class EventResult { kApplied, kDuplicate, kStale, kRefused, kFailed };
inline constexpr size_t kEventResultCount = 5;

class IngestMetrics {
 public:
  // Sources shown by name; those first seen after them are counted as "other".
  static constexpr size_t kMaxSources = 32;

  explicit IngestMetrics(prometheus::Registry& registry);

  // `source` must be a valid one; "" counts as "other".
  void Count(const std::string& source, EventResult result);

 private:
  using Counters = std::array<prometheus::Counter*, kEventResultCount>;
  Counters Create(const std::string& source);

  prometheus::Family<prometheus::Counter>& events_;
  const Counters other_;
  std::mutex mutex_;
  std::map<std::string, Counters> by_source_;
};

class ClassificationMetrics {
 public:
  explicit ClassificationMetrics(prometheus::Registry& registry);

  void Observe(const Classification& classification, absl::Duration took);

 private:
  // "en", "zh", "und".
  static constexpr size_t kLanguageCount = 3;
  std::array<std::array<prometheus::Counter*, kLanguageCount>, kCategoryCount> total_{};
  prometheus::Histogram& duration_;
};

class BlockerMetrics {
 public:
  // Beyond `max_projects` projects with the most open blockers, the rest are summed as "other".
  BlockerMetrics(prometheus::Registry& registry, size_t max_projects);

  // After a change was committed. `unblocked_after`: set where the change ended a spell.
  void Changed(const BlockerChange& change, std::optional<absl::Duration> unblocked_after);

  void FeedbackGiven(bool agrees) { (agrees ? agreed_ : disagreed_).Increment(); }

  // A verdict below its tenant's threshold; `likeliest` is what it would have been.
  void LeftToReview(Category likeliest);

  // Sets the gauges to what is open now. A project that has nothing open any more disappears.
  void SetOpen(const std::vector<OpenBlockerCount>& counts);

 private:
  using Key = std::tuple<Category, Reason, std::string>;

  const size_t max_projects_;
  std::array<prometheus::Counter*, kCategoryCount> opened_{};
  std::array<prometheus::Counter*, kCategoryCount> resolved_{};
  std::array<prometheus::Histogram*, kCategoryCount> time_to_unblock_{};
  prometheus::Counter& agreed_;
  prometheus::Counter& disagreed_;
  std::array<prometheus::Counter*, kCategoryCount> left_to_review_{};
  prometheus::Family<prometheus::Gauge>& open_;
  std::mutex mutex_;
  std::map<Key, prometheus::Gauge*> gauges_;
};

class EscalationMetrics {
 public:
  explicit EscalationMetrics(prometheus::Registry& registry);

  // A message was committed: all the steps that it tells of were taken.
  void Told(const Escalation& message);
  // What came of a step became known.
  void Settled(const TakenStep& step);
  void PutOffBy(PutOff cause) { put_off_[static_cast<size_t>(cause)]->Increment(); }
  // How late after its due time the sweeper took it.
  void Late(absl::Duration lag) { lag_.Observe(absl::ToDoubleSeconds(lag)); }

  void SweepDone(bool ok) { (ok ? sweeps_ok_ : sweeps_failed_).Increment(); }

 private:
  // Levels from here on are counted together.
  static constexpr size_t kTopLevel = 5;
  using ByLevel = std::array<prometheus::Counter*, kTopLevel>;
  static void Count(const ByLevel& counters, int level);

  ByLevel taken_{};
  // Null for those that are never counted.
  std::array<ByLevel, kStepOutcomeCount> settled_{};
  std::array<prometheus::Counter*, kPutOffCount> put_off_{};
  prometheus::Counter& messages_;
  prometheus::Histogram& lag_;
  prometheus::Counter& sweeps_ok_;
  prometheus::Counter& sweeps_failed_;
};

// clearway_build_info and process_start_time_seconds.
void RegisterProcessMetrics(prometheus::Registry& registry, const std::string& version,
                            absl::Time started);

}  // namespace clearway
