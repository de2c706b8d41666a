#include "service/report/wire/report_convert.h"

#include <algorithm>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

#include "service/wire/convert.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

// The longest that a google.protobuf.Duration may be.
constexpr absl::Duration kLongest = absl::Seconds(315'576'000'000);

void GroupToProto(const BlockerReportGroup& group, v1::BlockerReportGroup* proto) {
  proto->set_key(group.key);
  proto->set_open(group.open);
  proto->set_opened(group.opened);
  proto->set_resolved(group.resolved);
  *proto->mutable_blocked_duration() = ToProto(std::min(group.blocked, kLongest));
}

BlockerReportGroup GroupFromProto(const v1::BlockerReportGroup& proto) {
  return {proto.key(), proto.open(), proto.opened(), proto.resolved(),
          FromProto(proto.blocked_duration())};
}

using GroupsProto = google::protobuf::RepeatedPtrField<v1::BlockerReportGroup>;

void GroupsToProto(const std::vector<BlockerReportGroup>& groups, GroupsProto* proto) {
  for (const BlockerReportGroup& group : groups) GroupToProto(group, proto->Add());
}

std::vector<BlockerReportGroup> GroupsFromProto(const GroupsProto& proto) {
  std::vector<BlockerReportGroup> groups;
  for (const v1::BlockerReportGroup& group : proto) groups.push_back(GroupFromProto(group));
  return groups;
}

void ItemToProto(const std::string& tenant, const BlockerReportItem& item,
                 v1::BlockerReportItem* proto) {
  proto->set_blocker(BlockerName(tenant, item.blocker_id));
  proto->set_ticket(item.ticket);
  proto->set_project(item.project);
  proto->set_title(item.title);
  proto->set_category(ToProto(item.category));
  proto->set_reason(ToProto(item.reason));
  proto->set_waiting_on(item.waiting_on);
  *proto->mutable_age() = ToProto(item.age);
}

// The number at the end of "tenants/{tenant}/blockers/{number}"; 0 where there is none.
int64_t BlockerId(absl::string_view name) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(name.substr(name.rfind('/') + 1), &id)) return 0;
  return id;
}

// A newer server may know more of them than we do.
Category KnownCategory(v1::Category category) {
  return v1::Category_IsValid(category) ? FromProto(category) : Category::kUnspecified;
}
Reason KnownReason(v1::Reason reason) {
  return v1::Reason_IsValid(reason) ? FromProto(reason) : Reason::kUnspecified;
}

BlockerReportItem ItemFromProto(const v1::BlockerReportItem& proto) {
  return {BlockerId(proto.blocker()),
          proto.ticket(),
          proto.project(),
          proto.title(),
          KnownCategory(proto.category()),
          KnownReason(proto.reason()),
          proto.waiting_on(),
          FromProto(proto.age())};
}

void EffectToProto(const EscalationEffect& effect, v1::EscalationEffect* proto) {
  proto->set_level(effect.level);
  proto->set_reason(ToProto(effect.reason));
  proto->set_channel(effect.channel);
  proto->set_told(effect.told);
  proto->set_resolved(effect.resolved);
  proto->set_next_step(effect.next_step);
  proto->set_moot(effect.moot);
  if (effect.median_time_to_resolve.has_value()) {
    *proto->mutable_median_time_to_resolve() = ToProto(*effect.median_time_to_resolve);
  }
}

EscalationEffect EffectFromProto(const v1::EscalationEffect& proto) {
  EscalationEffect effect{
      proto.level(),    KnownReason(proto.reason()), proto.channel(), proto.told(),
      proto.resolved(), proto.next_step(),           proto.moot(),    std::nullopt};
  if (proto.has_median_time_to_resolve()) {
    effect.median_time_to_resolve = FromProto(proto.median_time_to_resolve());
  }
  return effect;
}

}  // namespace

void ToProto(const BlockerReport& report, v1::BlockerReport* proto) {
  *proto->mutable_start_time() = ToProto(report.start);
  *proto->mutable_end_time() = ToProto(report.end);
  GroupToProto(report.total, proto->mutable_total());
  proto->set_non_technical_share(report.non_technical_share);
  proto->set_non_technical_time_share(report.non_technical_time_share);
  GroupsToProto(report.by_category, proto->mutable_by_category());
  GroupsToProto(report.by_reason, proto->mutable_by_reason());
  GroupsToProto(report.by_project, proto->mutable_by_project());
  GroupsToProto(report.by_age, proto->mutable_by_age());
  if (report.time_to_unblock.has_value()) {
    v1::TimeToUnblock* time = proto->mutable_time_to_unblock();
    *time->mutable_p50() = ToProto(report.time_to_unblock->p50);
    *time->mutable_p85() = ToProto(report.time_to_unblock->p85);
    *time->mutable_p95() = ToProto(report.time_to_unblock->p95);
  }
  for (const BlockerReportItem& item : report.oldest_open) {
    ItemToProto(report.tenant, item, proto->add_oldest_open());
  }
  for (const EscalationEffect& effect : report.escalation_effects) {
    EffectToProto(effect, proto->add_escalation_effects());
  }
}

BlockerReport FromProto(const v1::BlockerReport& proto) {
  BlockerReport report;
  report.start = FromProto(proto.start_time());
  report.end = FromProto(proto.end_time());
  report.total = GroupFromProto(proto.total());
  report.non_technical_share = proto.non_technical_share();
  report.non_technical_time_share = proto.non_technical_time_share();
  report.by_category = GroupsFromProto(proto.by_category());
  report.by_reason = GroupsFromProto(proto.by_reason());
  report.by_project = GroupsFromProto(proto.by_project());
  report.by_age = GroupsFromProto(proto.by_age());
  if (proto.has_time_to_unblock()) {
    const v1::TimeToUnblock& time = proto.time_to_unblock();
    report.time_to_unblock =
        TimeToUnblock{FromProto(time.p50()), FromProto(time.p85()), FromProto(time.p95())};
  }
  for (const v1::BlockerReportItem& item : proto.oldest_open()) {
    report.oldest_open.push_back(ItemFromProto(item));
  }
  for (const v1::EscalationEffect& effect : proto.escalation_effects()) {
    report.escalation_effects.push_back(EffectFromProto(effect));
  }
  return report;
}

}  // namespace clearway
