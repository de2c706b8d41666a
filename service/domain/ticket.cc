#include "service/domain/ticket.h"

#include <algorithm>

namespace clearway {
namespace {

constexpr std::array<absl::string_view, kPriorityCount> kPriorityNames = {
    "UNSPECIFIED", "LOWEST", "LOW", "MEDIUM", "HIGH", "HIGHEST"};

}  // namespace

absl::string_view PriorityName(Priority priority) {
  return kPriorityNames[static_cast<size_t>(priority)];
}

std::optional<Priority> ParsePriority(absl::string_view name) {
  const auto* const found = std::find(kPriorityNames.begin(), kPriorityNames.end(), name);
  if (found == kPriorityNames.end()) return std::nullopt;
  return static_cast<Priority>(found - kPriorityNames.begin());
}

}  // namespace clearway
