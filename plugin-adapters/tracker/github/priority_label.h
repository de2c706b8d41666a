#pragma once

#include "absl/strings/string_view.h"

#include "clearway/v1/ticket.pb.h"

namespace clearway::github {

// The priority that a label speaks of: "P1", "priority: high", "low-priority", "优先级/高" and
// their like. UNSPECIFIED for every other label: "high contrast" says nothing of priority.
v1::Priority PriorityOfLabel(absl::string_view label);

}  // namespace clearway::github
