#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/policy.h"
#include "service/domain/ticket.h"

namespace clearway {

// A blocker that is due, as far as it matters for what it is told with.
struct DueBlocker {
  int64_t id = 0;
  TicketKey ticket;
  // See DueStep; empty: nothing is to be told, but it has to be looked at.
  std::string group;
  double urgency = 0;
  // When it fell due.
  absl::Time due;
};

// Blockers of one tenant and group, the most urgent first: what can be one message.
struct DueMessage {
  std::vector<DueBlocker> blockers;
  // When to come back to it where the pace does not let it through now: behind those before it.
  absl::Time retry;
};

// Most blockers in one message: its transaction holds a lock for each.
inline constexpr size_t kMaxTogether = 250;

// Puts together what is due into messages, in the order in which they should go out: of each tenant
// the most urgent first, of those as urgent the one due longest; tenants take turns. Pure.
std::vector<DueMessage> GatherDue(std::vector<DueBlocker> due, const Pacing& pacing,
                                  absl::Time now);

}  // namespace clearway
