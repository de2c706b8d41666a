#pragma once

#include <bitset>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/ticket.h"

namespace clearway {

// The parts of a ticket that events write on their own. Stored by position: append, never reorder.
enum class TicketField {
  kProject = 0,
  kTitle,
  kDescription,
  kComments,
  kStatus,
  kDone,
  kFlagged,
  kLabels,
  kLinks,
  kAssignee,
  kReporter,
  kPriority,
  kCreateTime,
  kDueTime,
  kUrl,
  kDeleted,
};
inline constexpr size_t kTicketFieldCount = 16;
using TicketFieldSet = std::bitset<kTicketFieldCount>;

// What wrote a value; the greater is the newer. A total order, so that any order of arrival ends
// alike.
struct Version {
  absl::Time time = absl::InfinitePast();
  int64_t sequence = 0;
  std::string event_id;

  friend bool operator==(const Version&, const Version&) = default;
  // Spelled out: absl::Time has no <=>.
  friend bool operator<(const Version& a, const Version& b) {
    return std::tie(a.time, a.sequence, a.event_id) < std::tie(b.time, b.sequence, b.event_id);
  }
  friend bool operator<=(const Version& a, const Version& b) { return !(b < a); }
};

// Something that happened to a ticket; see clearway.v1.TicketEvent.
struct TicketEvent {
  std::string tenant;
  std::string source;
  Version version;
  Ticket ticket;
  // The fields of `ticket` that count. kDeleted is not among them.
  TicketFieldSet fields;
  std::vector<Comment> comment_upserts;
  std::vector<std::string> deleted_comment_ids;
  bool deleted = false;
  std::string actor;

  TicketKey key() const { return {tenant, source, ticket.key}; }
};

}  // namespace clearway
