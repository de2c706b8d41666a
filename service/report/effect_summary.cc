#include "service/report/effect_summary.h"

#include <algorithm>
#include <utility>

namespace clearway {

void EffectSummary::Take(const TakenStep& step) {
  Group& group = groups_[{step.level, step.reason, step.channel}];
  EscalationEffect& effect = group.effect;
  effect.level = step.level;
  effect.reason = step.reason;
  effect.channel = step.channel;
  ++effect.told;
  switch (step.outcome) {
    case StepOutcome::kResolved:
      ++effect.resolved;
      if (step.outcome_time.has_value()) {
        group.seconds_to_resolve.push_back(absl::ToInt64Seconds(*step.outcome_time - step.time));
      }
      break;
    case StepOutcome::kNextStep:
      ++effect.next_step;
      break;
    case StepOutcome::kMoot:
      ++effect.moot;
      break;
    default:
      break;
  }
}

std::vector<EscalationEffect> EffectSummary::Finish() {
  std::vector<EscalationEffect> effects;
  effects.reserve(groups_.size());
  for (auto& [key, group] : groups_) {
    std::vector<int64_t>& seconds = group.seconds_to_resolve;
    if (!seconds.empty()) {
      const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>((seconds.size() - 1) / 2);
      std::nth_element(seconds.begin(), middle, seconds.end());
      group.effect.median_time_to_resolve = absl::Seconds(*middle);
    }
    effects.push_back(std::move(group.effect));
  }
  std::stable_sort(effects.begin(), effects.end(),
                   [](const EscalationEffect& a, const EscalationEffect& b) {
                     return std::pair(a.level, -a.told) < std::pair(b.level, -b.told);
                   });
  return effects;
}

}  // namespace clearway
