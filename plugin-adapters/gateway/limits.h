#pragma once

#include "absl/status/statusor.h"

#include "clearway/v1/ticket.pb.h"

namespace clearway {

// Makes an event fit the bounds of the API (clearway/v1/ticket.proto) and returns how many values
// were cut or left out for it. Texts are cut at the end, between characters, with a mark; of too
// many comments the newest stay. Trackers allow more than the API does, and a verdict on nearly all
// of a ticket is worth more than a refused event that the sender will not send otherwise.
//
// INVALID_ARGUMENT when the key is empty or too long: a cut key would be another ticket's.
absl::StatusOr<int> FitToLimits(v1::TicketEvent* event);

}  // namespace clearway
