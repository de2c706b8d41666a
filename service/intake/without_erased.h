#pragma once

#include <optional>

#include "absl/status/statusor.h"

#include "service/domain/ticket_event.h"
#include "service/domain/ticket_state.h"
#include "service/store/store.h"

namespace clearway {

// An event without the texts that were erased before it came.
struct CleanedEvent {
  TicketEvent event;
  // Its ticket's title and description are to stay away.
  bool body_erased = false;
};

// nullopt: nothing of the event was erased, which is the rule. `held` is what is known of its
// ticket. Errors are the transaction's.
absl::StatusOr<std::optional<CleanedEvent>> WithoutErased(const TicketEvent& event,
                                                          const TicketState& held, Transaction& tx);

}  // namespace clearway
