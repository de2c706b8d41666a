#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/domain/standing.h"
#include "service/domain/ticket.h"
#include "service/store/links.h"

namespace clearway {

// Most open tickets below one that are looked at to find who is told about instead; what lies
// further down is not seen.
inline constexpr size_t kMaxBelow = 200;

// What the links say about a ticket that is stuck, as of `now`.
absl::StatusOr<Standing> StandingOf(const TicketKey& ticket, absl::Time now,
                                    std::optional<double> daily_cost, LinkReader& links);

}  // namespace clearway
