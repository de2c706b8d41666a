#pragma once

#include <string>

#include "absl/time/time.h"

namespace clearway {

// The query behind Store::VisitBlockers: CLEARWAY_REPORTED_COLUMNS of what lasted at some moment
// from the first to the last instant, as a first cut (the spells between are looked at one by one).
// One statement, and so one snapshot. Empty `project`: all.
std::string SelectLasting(const std::string& tenant, const std::string& project, absl::Time from,
                          absl::Time to);

}  // namespace clearway
