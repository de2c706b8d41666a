#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/domain/business_calendar.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {

// Calendars and quiet hours of a policy file. Faults as in policy_loader.h.

using Calendars = std::map<std::string, BusinessCalendar>;

absl::StatusOr<Calendars> ReadCalendars(const config::v1::EscalationPolicyFile& config,
                                        const YamlFile& file);

// Each as the calendar of what is not quiet. The calendars must have been read.
absl::StatusOr<Calendars> ReadQuietHours(const config::v1::EscalationPolicyFile& config,
                                         const YamlFile& file);

}  // namespace clearway
