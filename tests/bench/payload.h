#pragma once

#include <cstdint>

#include "clearway/v1/ticket.pb.h"

namespace clearway::bench {

// Fills a ticket with about `bytes` of text of the kind people write, English and Chinese, stuck
// and not, by turns. The same number gives the same text.
void FillTicket(int64_t number, int bytes, clearway::v1::Ticket* ticket);

}  // namespace clearway::bench
