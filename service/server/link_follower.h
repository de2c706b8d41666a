#pragma once

#include <atomic>
#include <vector>

#include "absl/status/statusor.h"

#include "service/domain/blocker.h"
#include "service/intake/intake.h"
#include "service/intake/link_settler.h"
#include "service/server/broadcast.h"
#include "service/server/link_metrics.h"
#include "service/store/group_commit.h"

namespace clearway {

// Works out what hangs on what right behind the events that changed it, and makes the ladders due
// that were held back: whoever takes due steps tells them together, within the pace. What is left
// over, by a crash or because it moves too much, the sweep takes. Thread-safe.
class LinkFollower {
 public:
  // All must outlive this; `commits` must be shut down before this goes. `steps_due` is told when
  // ladders may go on, all of those woken together at once.
  LinkFollower(GroupCommit& commits, const Intake& intake, LinkMetrics& metrics,
               Broadcast& links_changed, Broadcast& steps_due);

  // One large piece of work now, those put off among it; waits for it. The ladders of `woken` are
  // left to the caller.
  absl::StatusOr<SettledLinks> SettleAll();

 private:
  // Begins where nothing is under way; else whoever is at it goes on. Does not block.
  void Notify();
  void Submit();
  void GoOn(const std::vector<Blocker>& woken);

  GroupCommit& commits_;
  const Intake& intake_;
  LinkMetrics& metrics_;
  Broadcast& steps_due_;
  std::atomic<bool> under_way_{false};
  std::atomic<bool> again_{false};
  Broadcast::Subscription subscription_;
};

}  // namespace clearway
