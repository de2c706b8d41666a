#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

#include "service/domain/blocker.h"
#include "service/domain/classification.h"
#include "service/domain/correction.h"
#include "service/domain/ticket.h"
#include "service/intake/ladder.h"

namespace clearway {

// A person's judgement, and what it is about.
struct JudgementRequest {
  std::string tenant;
  // 0: of the ticket as it stands.
  int64_t blocker_id = 0;
  // Where `blocker_id` is 0; its tenant is `tenant`.
  TicketKey ticket;
  Judgement judgement;
  std::string note;
};

struct JudgementOutcome {
  // Whether the person confirms the verdict that was looked at.
  bool agrees = false;
  // The verdict on the ticket as it stands now; nullopt when it was deleted.
  std::optional<Classification> classification;
  // The blocker named; else the ticket's: the one that lasts, or the one that this ended.
  std::optional<Blocker> blocker;
  // What this did to the blocker, for metrics.
  std::optional<BlockerChange> change;
  // How long the blocker had lasted since it was last opened, when this ended it.
  std::optional<absl::Duration> unblocked_after;
  // As in IngestOutcome.
  bool links_changed = false;
  // What it did to the steps of the blocker's ladder, for metrics.
  Climbed climbed;
};

}  // namespace clearway
