#pragma once

#include <string>
#include <vector>

#include "clearway/v1/escalation.pb.h"

namespace clearway {

// One line each, under a header.
std::string EscalationTable(const std::vector<v1::Escalation>& escalations);

// All of one: whom to turn to, the steps, the draft and the reasons for it.
std::string EscalationDetails(const v1::Escalation& escalation);

}  // namespace clearway
