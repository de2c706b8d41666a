#pragma once

#include <string>

#include "clearway/v1/replay_service.pb.h"

namespace clearway {

// For people, in plain text. What comes from tickets is made harmless.
std::string DifferenceText(const v1::TicketDifference& difference);

// `written`: it was not only looked at.
std::string SummaryText(const v1::ReplaySummary& summary, bool written);

}  // namespace clearway
