#include "service/classify/party_row.h"

#include "service/classify/party_features.h"

namespace clearway {

PartyRow::PartyRow(const RoleTable::Row& roles) {
  const auto add = [&](size_t lane, size_t role) {
    lanes_[lane] = Saturated(lanes_[lane] + roles[role]);
  };
  EachBeginPart(0, [&](PartyContext::Part, int64_t distance, size_t role) {
    if (distance >= -3 && distance <= 2) add(BeginningLane(distance), role);
  });
  EachSpanBeginPart(0, [&](PartyContext::Part, int64_t distance, size_t role) {
    add(SpanBeginLane(distance), role);
  });
  add(kInnerLane, kInnerRole);
  EachSpanEndPart(0, [&](PartyContext::Part, int64_t distance, size_t role) {
    if (distance <= 1) add(SpanEndLane(distance), role);
  });
}

}  // namespace clearway
