#pragma once

#include <vector>

#include "service/domain/escalation.h"

namespace clearway {

// One message out of several steps for the same recipient by the same channel, the most urgent
// first: that one's own, with all of them as members and named in the draft. A single step comes
// back as it is. `steps` and `titles` are of the same size, which is not 0. Pure.
Escalation ToldTogether(const std::vector<Escalation>& steps,
                        const std::vector<std::string>& titles);

}  // namespace clearway
