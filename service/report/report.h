#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/taxonomy.h"
#include "service/report/time_to_unblock.h"
#include "service/store/store.h"

namespace clearway {

// What a report is about: the period [start, end) of one tenant.
struct ReportQuery {
  std::string tenant;
  absl::Time start;
  // Not in the future: what lasts is counted up to here.
  absl::Time end;
  // Empty: all.
  std::string project;
};

// Fills in what a caller left out (the end: now; the start: 30 days before the end) and cuts an end
// in the future to `now`. INVALID_ARGUMENT when the period is then empty or upside down.
absl::StatusOr<ReportQuery> MakeReportQuery(absl::string_view tenant, absl::string_view project,
                                            std::optional<absl::Time> start,
                                            std::optional<absl::Time> end, absl::Time now);

// One row of a table. Openings and resolutions are counted each time: a blocker that came back
// twice opened three times. So, over any period: open at its end = open at its start + opened −
// resolved.
struct BlockerReportGroup {
  // A category's or reason's name, a project or an age class; empty where it is not known.
  std::string key;
  // Lasting when the period ends.
  int64_t open = 0;
  // Openings and re-openings within the period.
  int64_t opened = 0;
  // Resolutions within the period.
  int64_t resolved = 0;
  // Wall time blocked within the period.
  absl::Duration blocked;

  friend bool operator==(const BlockerReportGroup&, const BlockerReportGroup&) = default;
};

// An open blocker worth a manager's look.
struct BlockerReportItem {
  int64_t blocker_id = 0;
  std::string ticket;
  std::string project;
  std::string title;
  Category category = Category::kUnspecified;
  Reason reason = Reason::kUnspecified;
  std::string waiting_on;
  // From the (last re-)opening to the end of the period.
  absl::Duration age;

  friend bool operator==(const BlockerReportItem&, const BlockerReportItem&) = default;
};

// What came of the steps of one level, reason and channel; see clearway.v1.EscalationEffect.
struct EscalationEffect {
  int level = 0;
  Reason reason = Reason::kUnspecified;
  std::string channel;
  int64_t told = 0;
  int64_t resolved = 0;
  int64_t next_step = 0;
  int64_t moot = 0;
  // Nearest rank; nullopt when nothing was resolved whose time is known.
  std::optional<absl::Duration> median_time_to_resolve;

  friend bool operator==(const EscalationEffect&, const EscalationEffect&) = default;
};

// See clearway.v1.BlockerReport. A blocker counts under the category, reason and project it has
// now.
struct BlockerReport {
  std::string tenant;
  // Empty: all.
  std::string project;
  absl::Time start;
  absl::Time end;
  // Its key is empty.
  BlockerReportGroup total;
  // Of the blockers that lasted at any moment of the period; 0 when there were none.
  double non_technical_share = 0;
  // Of the blocked time.
  double non_technical_time_share = 0;
  // In the taxonomy's order.
  std::vector<BlockerReportGroup> by_category;
  // Longest blocked time first, ties by key.
  std::vector<BlockerReportGroup> by_reason;
  std::vector<BlockerReportGroup> by_project;
  // What is open at the end, by age: all six classes, youngest first. Their `opened` and `resolved`
  // are those blockers' own.
  std::vector<BlockerReportGroup> by_age;
  // nullopt when nothing was resolved. See UnblockTimes for how exact it is.
  std::optional<TimeToUnblock> time_to_unblock;
  // Oldest first, at most kOldestOpenCount.
  std::vector<BlockerReportItem> oldest_open;
  // By level, then by how many were told, most first.
  std::vector<EscalationEffect> escalation_effects;

  friend bool operator==(const BlockerReport&, const BlockerReport&) = default;
};

inline constexpr size_t kOldestOpenCount = 20;

// Reads the tenant's blockers and steps once and sums them up, then those blockers that it shows as
// the oldest. Memory grows with the number of projects and groups and, by eight bytes each, of
// steps that were followed by a resolution. Errors are the store's.
absl::StatusOr<BlockerReport> BuildReport(Store& store, const ReportQuery& query);

}  // namespace clearway
