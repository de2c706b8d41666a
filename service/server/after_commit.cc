#include "service/server/after_commit.h"

#include <algorithm>

namespace clearway {

void AfterCommit::Ingested(const IngestOutcome& outcome) const {
  Changed(outcome.change, outcome.unblocked_after);
  if (outcome.judged.has_value() && outcome.classification->category == Category::kNeedsReview) {
    blockers_.LeftToReview(outcome.classification->likeliest);
  }
  Took(outcome.climbed);
  if (outcome.links_changed) LinksChanged();
}

void AfterCommit::Judged(const JudgementOutcome& outcome) const {
  blockers_.FeedbackGiven(outcome.agrees);
  Changed(outcome.change, outcome.unblocked_after);
  Took(outcome.climbed);
  if (outcome.links_changed) LinksChanged();
}

void AfterCommit::Took(const Climbed& climbed) const {
  for (const Escalation& message : climbed.messages) escalations_.Told(message);
  for (const PutOff cause : climbed.put_off) escalations_.PutOffBy(cause);
  Settled(climbed.settled);
  if (!climbed.messages.empty()) new_escalations_.Fire();
}

void AfterCommit::Settled(const std::vector<TakenStep>& steps) const {
  for (const TakenStep& step : steps) escalations_.Settled(step);
}

void AfterCommit::Changed(const std::optional<BlockerChange>& change,
                          std::optional<absl::Duration> unblocked_after) const {
  if (change.has_value()) blockers_.Changed(*change, unblocked_after);
}

void AfterCommit::StepsTaken(const Climbed& climbed) const {
  for (const Escalation& message : climbed.messages) {
    escalations_.Late(std::max(absl::ZeroDuration(), *message.create_time - message.due_time));
  }
  Took(climbed);
}

}  // namespace clearway
