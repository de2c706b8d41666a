#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/escalation.h"
#include "service/domain/ticket.h"
#include "service/store/store.h"

namespace clearway::testing {

inline constexpr char kTenant[] = "acme";
inline constexpr char kOtherTenant[] = "globex";

// Seconds after a fixed instant.
inline absl::Time At(int64_t seconds) { return absl::FromUnixSeconds(1'770'000'000 + seconds); }

inline TicketKey Key(const std::string& key = "PAY-1", const std::string& tenant = kTenant) {
  return {tenant, "jira", key};
}

// No field has its default value.
StoredTicket FullTicket();

// Lasting, with little else set.
Blocker OpenBlocker(const TicketKey& ticket, absl::Time opened = At(0));

// No field has its default value but `id`.
Blocker FullBlocker();

// The same, ended.
Blocker Resolved(Blocker blocker, absl::Time when);

// No field has its default value but `id`.
Escalation FullEscalation(int64_t blocker_id, const TicketKey& ticket = Key());

// No field has its default value.
TakenStep FullStep(int64_t blocker_id, int opening = 1, int level = 2,
                   const std::string& tenant = kTenant);

// No field has its default value; `id` is that of the first one stored.
Feedback FullFeedback(int64_t blocker_id);

}  // namespace clearway::testing
