#include "service/server/shadow.h"

#include <utility>

namespace clearway {
namespace {

// Tickets that wait; each may be some megabytes.
constexpr size_t kMaxPending = 64;

}  // namespace

Shadow::Shadow(const Models& models, prometheus::Registry& registry)
    : models_(models), metrics_(registry), executor_(/*threads=*/1, kMaxPending) {}

void Shadow::Compare(Ticket ticket, Category live) {
  std::shared_ptr<const Classifier> shadow = models_.shadow();
  if (shadow == nullptr) return;
  const bool accepted = executor_.Submit(
      [this, shadow = std::move(shadow), ticket = std::make_shared<Ticket>(std::move(ticket)),
       live] { metrics_.Compared(live, shadow->Classify(*ticket).category); });
  if (!accepted) metrics_.Dropped();
}

}  // namespace clearway
