#pragma once

#include "clearway/v1/replay_service.pb.h"
#include "service/intake/replay.h"

namespace clearway {

void ToProto(const TicketDifference& difference, v1::TicketDifference* proto);

// Adds one ticket to the sums.
void Count(const TicketDifference& difference, v1::ReplaySummary* summary);

}  // namespace clearway
