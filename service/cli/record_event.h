#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "clearway/v1/ticket.pb.h"
#include "service/classify/record.h"

namespace clearway {

// What the events of one run have in common.
struct EventDefaults {
  std::string tenant;
  std::string source;
  // Where a record names none.
  std::string project;
  // Where a record says no event_time.
  absl::Time time;
};

// The event that a record stands for: a full snapshot of its ticket. Beside the record format it
// reads, from the line, the optional keys `event_id`, `event_time`, `create_time`, `due_time` (RFC
// 3339), `project`, `assignee`, `reporter`, `url`, `priority` ("HIGH"), `done` and `flagged`.
//
// The event's id, where none is said, comes from the record's id and a hash of the line: the same
// line is the same event however often it is sent, and a changed one is a new event. `sequence`
// orders those of one time. INVALID_ARGUMENT says which key is wrong.
absl::StatusOr<v1::TicketEvent> MakeEvent(const LabelledRecord& record, absl::string_view line,
                                          int64_t sequence, const EventDefaults& defaults);

}  // namespace clearway
