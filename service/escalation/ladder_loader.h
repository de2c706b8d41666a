#pragma once

#include <vector>

#include "absl/status/statusor.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/domain/policy.h"
#include "service/escalation/calendar_loader.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {

// The ladders of a policy file. Faults as in policy_loader.h. Each ascends under every calendar it
// may be climbed by; without a route in the file, each can be reached, too.
absl::StatusOr<std::vector<Ladder>> ReadLadders(const config::v1::EscalationPolicyFile& config,
                                                const Calendars& calendars, const YamlFile& file);

}  // namespace clearway
