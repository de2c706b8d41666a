#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/ticket_event.h"

namespace clearway {

// Between an event and the bytes it is kept as: clearway.v1.TicketEvent, compressed by zstd in a
// frame of its own. Thread-safe.

// INTERNAL when it is too large to be kept.
absl::StatusOr<std::string> PackEvent(const TicketEvent& event);

// The same of the message's own bytes.
absl::StatusOr<std::string> PackEventBytes(absl::string_view plain);

// DATA_LOSS when the bytes are not what PackEvent wrote.
absl::StatusOr<TicketEvent> UnpackEvent(absl::string_view bytes);

}  // namespace clearway
