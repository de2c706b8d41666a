#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

#include "service/domain/taxonomy.h"
#include "service/report/render.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone());
}

Json GroupJson(const BlockerReportGroup& group) {
  return {{"key", group.key},
          {"open", group.open},
          {"opened", group.opened},
          {"resolved", group.resolved},
          {"blocked_seconds", absl::ToInt64Seconds(group.blocked)}};
}

Json GroupsJson(const std::vector<BlockerReportGroup>& groups) {
  Json array = Json::array();
  for (const BlockerReportGroup& group : groups) array.push_back(GroupJson(group));
  return array;
}

Json ItemJson(const BlockerReportItem& item) {
  return {{"blocker_id", item.blocker_id},
          {"ticket", item.ticket},
          {"project", item.project},
          {"title", item.title},
          {"category", std::string(CategoryName(item.category))},
          {"reason", std::string(ReasonName(item.reason))},
          {"waiting_on", item.waiting_on},
          {"age_seconds", absl::ToInt64Seconds(item.age)}};
}

Json EffectJson(const EscalationEffect& effect) {
  Json json = {{"level", effect.level},       {"reason", std::string(ReasonName(effect.reason))},
               {"channel", effect.channel},   {"told", effect.told},
               {"resolved", effect.resolved}, {"next_step", effect.next_step},
               {"moot", effect.moot},         {"median_seconds_to_resolve", nullptr}};
  if (effect.median_time_to_resolve.has_value()) {
    json["median_seconds_to_resolve"] = absl::ToInt64Seconds(*effect.median_time_to_resolve);
  }
  return json;
}

Json TimeToUnblockJson(const std::optional<TimeToUnblock>& time) {
  if (!time.has_value()) return nullptr;
  return {{"p50_seconds", absl::ToInt64Seconds(time->p50)},
          {"p85_seconds", absl::ToInt64Seconds(time->p85)},
          {"p95_seconds", absl::ToInt64Seconds(time->p95)}};
}

}  // namespace

std::string RenderJson(const BlockerReport& report) {
  Json oldest = Json::array();
  for (const BlockerReportItem& item : report.oldest_open) oldest.push_back(ItemJson(item));
  Json effects = Json::array();
  for (const EscalationEffect& effect : report.escalation_effects) {
    effects.push_back(EffectJson(effect));
  }
  Json total = GroupJson(report.total);
  total.erase("key");
  const Json json = {{"tenant", report.tenant},
                     {"project", report.project},
                     {"start_time", Rfc3339(report.start)},
                     {"end_time", Rfc3339(report.end)},
                     {"total", std::move(total)},
                     {"non_technical_share", report.non_technical_share},
                     {"non_technical_time_share", report.non_technical_time_share},
                     {"by_category", GroupsJson(report.by_category)},
                     {"by_reason", GroupsJson(report.by_reason)},
                     {"by_project", GroupsJson(report.by_project)},
                     {"by_age", GroupsJson(report.by_age)},
                     {"time_to_unblock", TimeToUnblockJson(report.time_to_unblock)},
                     {"oldest_open", std::move(oldest)},
                     {"escalation_effects", std::move(effects)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace clearway
