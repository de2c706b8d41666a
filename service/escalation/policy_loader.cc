#include "service/escalation/policy_loader.h"

#include "clearway_embed/default_policy.h"

#include "clearway/config/v1/escalation.pb.h"
#include "service/base/file.h"
#include "service/base/status_macros.h"
#include "service/base/yaml_proto.h"
#include "service/escalation/calendar_loader.h"
#include "service/escalation/ladder_loader.h"
#include "service/escalation/route_loader.h"
#include "service/escalation/yaml_fault.h"

namespace clearway {

absl::StatusOr<EscalationPolicy> ParsePolicy(absl::string_view yaml, absl::string_view file_name) {
  config::v1::EscalationPolicyFile config;
  YamlFile file{file_name, {}};
  RETURN_IF_ERROR(ParseYaml(yaml, file_name, &config, &file.lines));
  EscalationPolicy policy;
  ASSIGN_OR_RETURN(policy.calendars, ReadCalendars(config, file));
  ASSIGN_OR_RETURN(policy.quiet_hours, ReadQuietHours(config, file));
  ASSIGN_OR_RETURN(policy.ladders, ReadLadders(config, policy.calendars, file));
  if (config.has_route()) {
    ASSIGN_OR_RETURN(policy.route, ReadRoutes(config, policy, file));
  }
  ASSIGN_OR_RETURN(policy.mutes, ReadMutes(config, file));
  ASSIGN_OR_RETURN(policy.costs, ReadCosts(config, file));
  return policy;
}

absl::StatusOr<EscalationPolicy> LoadPolicy(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path));
  return ParsePolicy(yaml, path);
}

absl::StatusOr<EscalationPolicy> BuiltInPolicy() {
  return ParsePolicy(embedded::default_policy(), "policy.yaml (built in)");
}

}  // namespace clearway
