#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/store/store.h"

namespace clearway {

// Between a stored ticket and the bytes its row holds: clearway.storage.v1.TicketState.

// INTERNAL when a text is not UTF-8: such bytes could be written but never read again.
absl::StatusOr<std::string> EncodeTicket(const StoredTicket& ticket);

// DATA_LOSS when the bytes are not what EncodeTicket wrote.
absl::StatusOr<StoredTicket> DecodeTicket(absl::string_view bytes);

// Between the ticket that feedback was given on and its bytes: clearway.v1.Ticket. Errors as above.
absl::StatusOr<std::string> EncodeSnapshot(const Ticket& ticket);
absl::StatusOr<Ticket> DecodeSnapshot(absl::string_view bytes);

}  // namespace clearway
