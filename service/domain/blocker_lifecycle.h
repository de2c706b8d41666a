#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/ticket_state.h"

namespace clearway {

// Pure rules of a blocker's life; which states there are and what leads where is in
// blocker_states.h. Nothing here reads a clock.

// What a step of the life cycle did: the blocker as it is now, and the history row to keep.
// `change` is absent where nothing worth a row happened (the blocker may still differ, in its
// confidence say).
struct Transition {
  Blocker blocker;
  std::optional<BlockerChange> change;
};

// Follows a new verdict on a ticket. `current` is the ticket's latest blocker, resolved or not;
// `classification` is nullopt when the ticket was deleted. `at` is the time of the event that led
// to the verdict: one that arrives late takes effect when it happened, as it would have in order,
// but never within a spell that is over. nullopt: there is no blocker and none arises, or nothing
// about it changes.
//
// A blocked verdict opens a blocker, re-opens one that ended within `reopen_window` with the same
// category, or updates the one that lasts. NOT_BLOCKED, the ticket's own `done`, and deletion end
// it. NEEDS_REVIEW leaves things as they are. One that a person ended stays ended until the words
// change, or a person says otherwise. Changes by a verdict that is a person's are that person's.
std::optional<Transition> FollowVerdict(const std::optional<Blocker>& current,
                                        const TicketState& ticket, const TicketKey& key,
                                        const std::optional<Classification>& classification,
                                        absl::Time at, absl::Duration reopen_window);

// FAILED_PRECONDITION when it is resolved. Without a change when it was acknowledged already.
absl::StatusOr<Transition> Acknowledge(const Blocker& blocker, absl::string_view actor,
                                       absl::string_view note, absl::Time now);

// Lets the ladder rest until `end`, which must be after `now`; when it is snoozed already, moves
// the end. FAILED_PRECONDITION when it is resolved or was snoozed too often. Without a change when
// the end is the same.
absl::StatusOr<Transition> Snooze(const Blocker& blocker, absl::string_view actor,
                                  absl::string_view note, absl::Time end, absl::Time now);

// The end of a snooze has come. Without a change unless it is snoozed.
Transition EndSnooze(const Blocker& blocker, absl::Time now);

// Lets the ladder rest until `until`, because somebody else is told about what `told` names
// instead. With a change the first time alone, not when a rest goes on. It stays in its state; the
// step that was due is so still when the rest ends, and what follows is put off by as much.
Transition HoldBack(const Blocker& blocker, absl::string_view told, absl::Time until,
                    absl::Time now);

// Whether it is held back, or was until its next_escalation_time, which then is when to look again.
bool IsHeldBack(const Blocker& blocker, absl::Time now);

// Ends that rest; the blocker as it was where it is not held back.
Blocker LetGo(const Blocker& blocker, absl::Time now);

// Without a change when it was resolved already. `text` is the TextFingerprint of its ticket.
Transition ResolveByPerson(const Blocker& blocker, absl::string_view actor, absl::string_view note,
                           uint64_t text, absl::Time now);

// Takes the ladder to `level`. Without a change unless that is above the blocker's, and it is one
// that is climbed: not acknowledged, snoozed or resolved.
Transition Escalate(const Blocker& blocker, int level, absl::string_view note, absl::Time now);

}  // namespace clearway
