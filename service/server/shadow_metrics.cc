#include "service/server/shadow_metrics.h"

#include <string>

namespace clearway {
namespace {

std::string Name(Category category) { return std::string(CategoryName(category)); }

}  // namespace

ShadowMetrics::ShadowMetrics(prometheus::Registry& registry)
    : dropped_(prometheus::BuildCounter()
                   .Name("clearway_shadow_dropped_total")
                   .Help("Tickets that the shadow model had no time to judge.")
                   .Register(registry)
                   .Add({})) {
  auto& family = prometheus::BuildCounter()
                     .Name("clearway_shadow_classifications_total")
                     .Help("Tickets judged by both models, by what each held likeliest.")
                     .Register(registry);
  for (const Category live : kVerdictCategories) {
    for (const Category shadow : kVerdictCategories) {
      total_[static_cast<size_t>(live)][static_cast<size_t>(shadow)] =
          &family.Add({{"live", Name(live)}, {"shadow", Name(shadow)}});
    }
  }
}

void ShadowMetrics::Compared(Category live, Category shadow) {
  prometheus::Counter* counter = total_[static_cast<size_t>(live)][static_cast<size_t>(shadow)];
  if (counter != nullptr) counter->Increment();
}

}  // namespace clearway
