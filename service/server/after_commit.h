#pragma once

#include <optional>
#include <string>
#include <vector>

#include "service/domain/blocker.h"
#include "service/domain/step_outcome.h"
#include "service/intake/intake.h"
#include "service/intake/ladder.h"
#include "service/server/broadcast.h"
#include "service/server/metrics.h"

namespace clearway {

// What follows a commit, and only a commit: metrics move and watchers are woken. Thread-safe;
// nothing here blocks.
class AfterCommit {
 public:
  // All must outlive this.
  AfterCommit(BlockerMetrics& blockers, EscalationMetrics& escalations, Broadcast& new_escalations,
              Broadcast& links_changed)
      : blockers_(blockers),
        escalations_(escalations),
        new_escalations_(new_escalations),
        links_changed_(links_changed) {}

  void Ingested(const IngestOutcome& outcome) const;

  // By a person's judgement.
  void Judged(const JudgementOutcome& outcome) const;

  // By a person.
  void Changed(const std::optional<BlockerChange>& change,
               std::optional<absl::Duration> unblocked_after) const;

  // What hangs on what is to be worked out anew.
  void LinksChanged() const { links_changed_.Fire(); }

  // Steps got their outcomes, because a blocker was resolved.
  void Settled(const std::vector<TakenStep>& steps) const;

  // By the sweeper.
  void StepsTaken(const Climbed& climbed) const;

  // By another replica on the same store.
  void TakenElsewhere() const { new_escalations_.Fire(); }

 private:
  void Took(const Climbed& climbed) const;

  BlockerMetrics& blockers_;
  EscalationMetrics& escalations_;
  Broadcast& new_escalations_;
  Broadcast& links_changed_;
};

}  // namespace clearway
