#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "service/domain/ticket.h"
#include "service/domain/ticket_event.h"

namespace clearway {

struct VersionedComment {
  Comment comment;
  Version version;
  // A tombstone: keeps a late older edit from bringing the comment back.
  bool deleted = false;

  friend bool operator==(const VersionedComment&, const VersionedComment&) = default;
};

// What is known of a ticket: every field with the version that wrote it, the newest of each.
// Merging the same events in any order, any of them more than once, gives equal states.
struct TicketState {
  // Its `comments` stay empty: they are kept below.
  Ticket ticket;
  std::array<Version, kTicketFieldCount> versions;
  // In reading order: create time, then id (the shorter first, then by bytes). Tombstones among
  // them.
  std::vector<VersionedComment> comments;
  bool deleted = false;
  // Some of its texts were taken out for privacy; see erasure.h.
  bool erased = false;
  // Title and description among them: those that come later are not taken.
  bool body_erased = false;

  friend bool operator==(const TicketState&, const TicketState&) = default;
};

// Merges an event into the state of its ticket: each field only where the event is newer than what
// wrote it last. The first event of a ticket goes into a default TicketState. False when newer
// events had overtaken everything the event says, and nothing changed.
bool Merge(const TicketEvent& event, TicketState* state);

// The ticket with its living comments, as the classifier reads it.
Ticket Snapshot(const TicketState& state);

// Nothing hangs on it any more: it is done, or gone.
inline bool IsOver(const TicketState& state) { return state.deleted || state.ticket.done; }

// FNV-1a of title, description and living comments: tells whether the words changed. Stable across
// builds, for it is stored.
uint64_t TextFingerprint(const TicketState& state);

}  // namespace clearway
