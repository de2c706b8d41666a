#include "service/server/after_commit.h"

#include <algorithm>

namespace clearway {

void AfterCommit::Ingested(const IngestOutcome& outcome) const {
  Changed(outcome.change, outcome.unblocked_after);
  if (outcome.judged.has_value() && outcome.classification->category == Category::kNeedsReview) {
    blockers_.LeftToReview(outcome.classification->likeliest);
  }
  StepsMadeDue(outcome.escalations);
  if (outcome.links_changed) LinksChanged();
}

void AfterCommit::Judged(const JudgementOutcome& outcome) const {
  blockers_.FeedbackGiven(outcome.agrees);
  Changed(outcome.change, outcome.unblocked_after);
  StepsMadeDue(outcome.escalations);
  if (outcome.links_changed) LinksChanged();
}

void AfterCommit::StepsMadeDue(const std::vector<Escalation>& steps) const {
  bool any = false;
  for (const Escalation& step : steps) {
    if (step.id == 0) continue;  // still to come
    escalations_.Taken(step);
    any = true;
  }
  if (any) new_escalations_.Fire();
}

void AfterCommit::Changed(const std::optional<BlockerChange>& change,
                          std::optional<absl::Duration> unblocked_after) const {
  if (change.has_value()) blockers_.Changed(*change, unblocked_after);
}

void AfterCommit::StepsTaken(const std::vector<Escalation>& steps) const {
  if (steps.empty()) return;
  for (const Escalation& step : steps) {
    escalations_.Taken(step);
    escalations_.Late(std::max(absl::ZeroDuration(), *step.create_time - step.due_time));
  }
  new_escalations_.Fire();
}

}  // namespace clearway
