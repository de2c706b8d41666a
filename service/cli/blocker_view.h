#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "clearway/v1/blocker.pb.h"

namespace clearway {

// One line each, under a header. Ages are counted to `now`.
std::string BlockerTable(const std::vector<v1::Blocker>& blockers, absl::Time now);

// All there is to say of one, its history included.
std::string BlockerDetails(const v1::Blocker& blocker, absl::Time now);

}  // namespace clearway
