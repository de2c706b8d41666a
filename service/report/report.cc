#include "service/report/report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/report/effect_summary.h"

namespace clearway {
namespace {

constexpr absl::Duration kDefaultPeriod = absl::Hours(24 * 30);

struct AgeClass {
  absl::string_view name;
  // Ages below this belong here.
  absl::Duration limit;
};
constexpr std::array<AgeClass, 6> kAgeClasses = {{
    {"<1d", absl::Hours(24)},
    {"1-3d", absl::Hours(24 * 3)},
    {"3-7d", absl::Hours(24 * 7)},
    {"7-14d", absl::Hours(24 * 14)},
    {"14-30d", absl::Hours(24 * 30)},
    {">30d", absl::InfiniteDuration()},
}};

size_t AgeClassOf(absl::Duration age) {
  size_t i = 0;
  while (i + 1 < kAgeClasses.size() && age >= kAgeClasses[i].limit) ++i;
  return i;
}

// What one blocker brings into the period.
struct Share {
  int64_t opened = 0;
  int64_t resolved = 0;
  absl::Duration blocked;
  // Of the spell that lasts when the period ends; nullopt when none does.
  std::optional<absl::Duration> age;

  // Whether it lasted at any moment of the period.
  bool any() const { return opened + resolved > 0 || blocked > absl::ZeroDuration(); }
};

void Add(const Share& share, BlockerReportGroup* group) {
  group->open += share.age.has_value() ? 1 : 0;
  group->opened += share.opened;
  group->resolved += share.resolved;
  group->blocked += share.blocked;
}

void SortByTime(std::vector<BlockerReportGroup>* groups) {
  std::sort(groups->begin(), groups->end(), [](const auto& a, const auto& b) {
    return a.blocked != b.blocked ? a.blocked > b.blocked : a.key < b.key;
  });
}

// Of the groups of an enum's values those that occurred, with their names.
template <typename Enum, size_t kCount>
std::vector<BlockerReportGroup> Occurred(const std::array<BlockerReportGroup, kCount>& groups,
                                         absl::string_view (*name)(Enum)) {
  std::vector<BlockerReportGroup> occurred;
  for (size_t i = 0; i < kCount; ++i) {
    if (groups[i] == BlockerReportGroup()) continue;
    occurred.push_back(groups[i]);
    occurred.back().key = std::string(name(static_cast<Enum>(i)));
  }
  return occurred;
}

bool Older(const BlockerReportItem& a, const BlockerReportItem& b) {
  return a.age != b.age ? a.age > b.age : a.blocker_id < b.blocker_id;
}

// Sums blockers up one by one.
class Summary {
 public:
  explicit Summary(const ReportQuery& query) : query_(query) {
    report_.tenant = query.tenant;
    report_.project = query.project;
    report_.start = query.start;
    report_.end = query.end;
    for (const AgeClass& age : kAgeClasses) {
      report_.by_age.emplace_back().key = std::string(age.name);
    }
  }

  void Take(const ReportedBlocker& blocker);
  BlockerReport Finish();

 private:
  bool Within(absl::Time time) const { return query_.start <= time && time < query_.end; }
  void TakeSpell(absl::Time begin, std::optional<absl::Time> end, Share* share);
  void KeepIfOld(const ReportedBlocker& blocker, absl::Duration age);
  BlockerReportGroup& Project(absl::string_view name);

  const ReportQuery& query_;
  BlockerReport report_;
  std::array<BlockerReportGroup, kCategoryCount> by_category_;
  std::array<BlockerReportGroup, kReasonCount> by_reason_;
  absl::flat_hash_map<std::string, BlockerReportGroup> by_project_;
  int64_t blockers_ = 0;
  int64_t non_technical_blockers_ = 0;
  absl::Duration non_technical_blocked_;
  UnblockTimes unblock_times_;
};

void Summary::TakeSpell(absl::Time begin, std::optional<absl::Time> end, Share* share) {
  if (Within(begin)) ++share->opened;
  if (end.has_value() && Within(*end)) {
    ++share->resolved;
    unblock_times_.Add(*end - begin);
  }
  if (begin < query_.end && (!end.has_value() || *end >= query_.end)) {
    share->age = query_.end - begin;
  }
}

void Summary::KeepIfOld(const ReportedBlocker& blocker, absl::Duration age) {
  std::vector<BlockerReportItem>& oldest = report_.oldest_open;
  BlockerReportItem item;
  item.blocker_id = blocker.id;
  item.category = blocker.category;
  item.reason = blocker.reason;
  item.age = age;
  // A heap with the youngest of the kept at its front.
  if (oldest.size() == kOldestOpenCount) {
    if (!Older(item, oldest.front())) return;
    std::pop_heap(oldest.begin(), oldest.end(), Older);
    oldest.pop_back();
  }
  oldest.push_back(std::move(item));
  std::push_heap(oldest.begin(), oldest.end(), Older);
}

BlockerReportGroup& Summary::Project(absl::string_view name) {
  const auto known = by_project_.find(name);
  if (known != by_project_.end()) return known->second;
  BlockerReportGroup& added = by_project_[std::string(name)];
  added.key = std::string(name);
  return added;
}

void Summary::Take(const ReportedBlocker& blocker) {
  Share share;
  for (const BlockedSpell& spell : blocker.past_spells) TakeSpell(spell.begin, spell.end, &share);
  TakeSpell(blocker.spell_time, blocker.resolve_time, &share);
  share.blocked = BlockedTime(blocker.past_spells, blocker.spell_time, blocker.resolve_time,
                              query_.start, query_.end);
  if (!share.any()) return;

  ++blockers_;
  if (IsNonTechnical(blocker.category)) {
    ++non_technical_blockers_;
    non_technical_blocked_ += share.blocked;
  }
  Add(share, &report_.total);
  Add(share, &by_category_[static_cast<size_t>(blocker.category)]);
  Add(share, &by_reason_[static_cast<size_t>(blocker.reason)]);
  Add(share, &Project(blocker.project));
  if (share.age.has_value()) {
    Add(share, &report_.by_age[AgeClassOf(*share.age)]);
    KeepIfOld(blocker, *share.age);
  }
}

BlockerReport Summary::Finish() {
  if (blockers_ > 0) {
    report_.non_technical_share =
        static_cast<double>(non_technical_blockers_) / static_cast<double>(blockers_);
  }
  if (report_.total.blocked > absl::ZeroDuration()) {
    report_.non_technical_time_share =
        absl::FDivDuration(non_technical_blocked_, report_.total.blocked);
  }
  report_.by_category = Occurred(by_category_, CategoryName);
  report_.by_reason = Occurred(by_reason_, ReasonName);
  SortByTime(&report_.by_reason);
  for (auto& [name, group] : by_project_) report_.by_project.push_back(std::move(group));
  SortByTime(&report_.by_project);
  std::sort_heap(report_.oldest_open.begin(), report_.oldest_open.end(), Older);
  report_.time_to_unblock = unblock_times_.Percentiles();
  return std::move(report_);
}

// What is shown of the oldest beyond what all were summed up by.
absl::Status Describe(Store& store, BlockerReport* report) {
  for (BlockerReportItem& item : report->oldest_open) {
    ASSIGN_OR_RETURN(Blocker blocker, store.GetBlocker(report->tenant, item.blocker_id));
    item.ticket = std::move(blocker.ticket.key);
    item.project = std::move(blocker.project);
    item.title = std::move(blocker.title);
    item.waiting_on = std::move(blocker.waiting_on);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ReportQuery> MakeReportQuery(absl::string_view tenant, absl::string_view project,
                                            std::optional<absl::Time> start,
                                            std::optional<absl::Time> end, absl::Time now) {
  ReportQuery query{std::string(tenant), absl::InfinitePast(), std::min(end.value_or(now), now),
                    std::string(project)};
  query.start = start.value_or(query.end - kDefaultPeriod);
  if (query.start < query.end) return query;
  return absl::InvalidArgumentError(absl::StrCat(absl::FormatTime(query.start, absl::UTCTimeZone()),
                                                 " must lie before the period's end, ",
                                                 absl::FormatTime(query.end, absl::UTCTimeZone())));
}

absl::StatusOr<BlockerReport> BuildReport(Store& store, const ReportQuery& query) {
  Summary summary(query);
  // One microsecond more, so that what ended at the very start is seen and counted as resolved.
  RETURN_IF_ERROR(store.VisitBlockers(
      query.tenant, query.project, query.start - absl::Microseconds(1), query.end,
      [&summary](const ReportedBlocker& blocker) { summary.Take(blocker); }));
  EffectSummary effects;
  RETURN_IF_ERROR(store.VisitSteps(query.tenant, query.project, query.start, query.end,
                                   [&effects](const TakenStep& step) { effects.Take(step); }));
  BlockerReport report = summary.Finish();
  report.escalation_effects = effects.Finish();
  RETURN_IF_ERROR(Describe(store, &report));
  return report;
}

}  // namespace clearway
