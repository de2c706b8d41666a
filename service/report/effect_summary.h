#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "service/domain/step_outcome.h"
#include "service/report/report.h"

namespace clearway {

// Sums up what came of steps, one by one.
class EffectSummary {
 public:
  void Take(const TakenStep& step);
  // In the order of the report. Once only.
  std::vector<EscalationEffect> Finish();

 private:
  struct Group {
    EscalationEffect effect;
    std::vector<int64_t> seconds_to_resolve;
  };
  // By level, reason and channel.
  std::map<std::tuple<int, Reason, std::string>, Group> groups_;
};

}  // namespace clearway
