#pragma once

#include <string>
#include <vector>

#include "clearway/v1/root_cause_service.pb.h"

namespace clearway {

// One line each, under a header. Costs only where they are `priced`.
std::string RootTable(const std::vector<v1::RootCause>& roots, bool priced);

}  // namespace clearway
