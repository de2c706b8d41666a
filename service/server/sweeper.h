#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/domain/policy.h"
#include "service/escalation/current_planner.h"
#include "service/intake/intake.h"
#include "service/server/after_commit.h"
#include "service/server/background_task.h"
#include "service/server/broadcast.h"
#include "service/server/due_messages.h"
#include "service/server/link_follower.h"
#include "service/server/metrics.h"
#include "service/server/resource_names.h"
#include "service/store/group_commit.h"
#include "service/store/store.h"

namespace clearway {

// Takes the steps that have fallen due, every now and then and when it is told that some have, and
// refreshes the gauges. Steps missed while nobody ran are taken by the sweeps after, what goes to
// the same people in one message and within the pace; so it is after the clock was put forward.
// Where it was put back, times that were kept meanwhile are worked out anew, so that nothing waits
// for the clock to catch up.
class Sweeper {
 public:
  // All must outlive this.
  struct Dependencies {
    Store& store;
    GroupCommit& commits;
    const Intake& intake;
    const AfterCommit& after_commit;
    LinkFollower& links;
    // Fired when steps fell due that the clock did not bring.
    Broadcast& steps_due;
    BlockerMetrics& blockers;
    EscalationMetrics& escalations;
    const CurrentPlanner& planners;
    const Tenants& tenants;
    const Pacing& pacing;
    const Clock& clock;
    Logger& log;
  };
  // Sweeps at once, then after every `interval`, on a thread of its own.
  Sweeper(const Dependencies& dependencies, absl::Duration interval);

  // Lets the batch under way end. May be called twice.
  void Stop() { task_.Stop(); }

  // One round: all steps due by now, then the gauges. The first failure; what was committed before
  // it stays. Thread-safe.
  absl::Status Sweep();

 private:
  void Run();
  // Waits for the next round's time, and takes what falls due meanwhile.
  void Wait();
  void Warn(const absl::Status& failed) const;
  // After a policy was exchanged, and at the start: what lasts gets its next due time by the policy
  // in use. Does nothing when that was done.
  absl::Status Replan();
  // Forgets that it was done when the clock was put back.
  void MindTheClock();
  // What hangs on what, as far as it was not worked out behind its event.
  absl::Status SettleLinks();
  absl::Status TakeDueSteps();
  // What is due by `now`, at most a bounded number.
  absl::StatusOr<std::vector<DueBlocker>> FindDue(absl::Time now);
  // Another replica's steps wake nobody here: those who watch are told when there are new ones.
  absl::Status WakeWatchers();
  // Commits each piece; what follows a commit is run for those that were. Returns how many.
  struct Piece {
    GroupCommit::Work work;
    std::vector<Touch> touches;
    std::function<void()> committed;
  };
  Piece RescheduleOf(const Blocker& blocker) const;
  Piece PieceOf(const DueMessage& message) const;
  size_t Commit(std::vector<Piece> pieces, absl::Status* first_failure);

  const Dependencies d_;
  const absl::Duration interval_;
  std::mutex replanning_;
  // The policy that due times were last worked out by.
  std::shared_ptr<const Planner> planned_;
  // The latest moment that a sweep has seen.
  absl::Time latest_ = absl::InfinitePast();
  std::atomic<int64_t> last_escalation_{0};
  // One sweep at a time: who asks for one finds it done, and counted, when it returns.
  std::mutex sweeping_;
  BackgroundTask task_;
  Broadcast::Subscription subscription_;
};

}  // namespace clearway
