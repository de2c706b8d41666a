#include "service/server/policy_metrics.h"

namespace clearway {

PolicyMetrics::PolicyMetrics(prometheus::Registry& registry)
    : reloads_(prometheus::BuildCounter()
                   .Name("clearway_policy_reloads_total")
                   .Help("Times the policy and playbook files were read again, by outcome.")
                   .Register(registry)),
      ok_(reloads_.Add({{"outcome", "ok"}})),
      failed_(reloads_.Add({{"outcome", "failed"}})) {}

}  // namespace clearway
