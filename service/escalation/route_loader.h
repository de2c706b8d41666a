#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/domain/policy.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {

// Routes, mute windows and costs of a policy file. Faults as in policy_loader.h.

// The tree under `route`, whose ladders, calendars and quiet hours `policy` holds already. Every
// route can be reached, every leaf has a ladder or "none", every ladder is used, and one of
// business time has a calendar wherever it is used.
absl::StatusOr<Route> ReadRoutes(const config::v1::EscalationPolicyFile& config,
                                 const EscalationPolicy& policy, const YamlFile& file);

absl::StatusOr<std::vector<Mute>> ReadMutes(const config::v1::EscalationPolicyFile& config,
                                            const YamlFile& file);

// Each can match something, and none is hidden by one before it.
absl::StatusOr<std::vector<DailyCost>> ReadCosts(const config::v1::EscalationPolicyFile& config,
                                                 const YamlFile& file);

}  // namespace clearway
