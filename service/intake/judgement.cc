#include "service/intake/judgement.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "service/base/status_macros.h"
#include "service/intake/intake.h"

namespace clearway {
namespace {

bool Lasts(const std::optional<Blocker>& blocker) {
  return blocker.has_value() && blocker->state != BlockerState::kResolved;
}

bool HeldNotBlocked(const StoredTicket& ticket) {
  return ticket.correction.has_value() &&
         ticket.correction->judgement.category == Category::kNotBlocked;
}

// What is judged, and whether it is the ticket as it stands.
struct Subject {
  TicketKey key;
  StoredTicket ticket;
  std::optional<Blocker> named;
  std::optional<Blocker> latest;
  bool present = false;
};

// A blocker that is over is the past, unless it was a person's word that ended it: that can be
// taken back.
bool IsPresent(const Subject& subject) {
  if (!subject.ticket.classification.has_value()) return false;
  if (!subject.named.has_value()) return true;
  return subject.latest.has_value() && subject.latest->id == subject.named->id &&
         (Lasts(subject.latest) || HeldNotBlocked(subject.ticket));
}

absl::StatusOr<Subject> Find(const JudgementRequest& request, Transaction& tx) {
  Subject subject;
  subject.key = request.ticket;
  if (request.blocker_id != 0) {
    ASSIGN_OR_RETURN(subject.named, tx.GetBlocker(request.tenant, request.blocker_id));
    subject.key = subject.named->ticket;
  }
  ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(subject.key));
  ASSIGN_OR_RETURN(subject.latest, tx.GetLatestBlocker(subject.key));
  const bool known = ticket.has_value();
  if (known) subject.ticket = *std::move(ticket);
  if (!subject.named.has_value()) {
    if (!known) {
      return absl::NotFoundError(absl::StrCat("no ticket ", subject.key.key, " of ",
                                              subject.key.source, " in tenant ", request.tenant));
    }
    if (!subject.ticket.classification.has_value()) {
      return absl::FailedPreconditionError("the ticket was deleted; there is nothing to judge");
    }
  }
  subject.present = IsPresent(subject);
  return subject;
}

Feedback FeedbackOf(const JudgementRequest& request, const Subject& subject, absl::Time now) {
  Feedback feedback;
  feedback.ticket = subject.key;
  feedback.time = now;
  feedback.judgement = request.judgement;
  feedback.note = request.note;
  if (subject.named.has_value()) {
    feedback.blocker_id = subject.named->id;
    feedback.verdict_category = subject.named->category;
    feedback.verdict_reason = subject.named->reason;
    feedback.language = subject.named->language;
  } else {
    const Classification verdict =
        *EffectiveVerdict(subject.ticket.classification, subject.ticket.correction);
    if (Lasts(subject.latest)) feedback.blocker_id = subject.latest->id;
    feedback.verdict_category = verdict.category;
    feedback.verdict_reason = verdict.reason;
    feedback.language = verdict.language;
  }
  if (subject.present) feedback.snapshot = Snapshot(subject.ticket.state);
  return feedback;
}

bool Agrees(const Feedback& feedback) {
  const Judgement& judgement = feedback.judgement;
  return judgement.category == feedback.verdict_category &&
         (judgement.reason == Reason::kUnspecified || judgement.reason == feedback.verdict_reason);
}

// A judgement that says what the classifier says by itself needs no keeping, as long as the blocker
// is there that follows from it.
std::optional<Correction> CorrectionFor(const Judgement& judgement, const Subject& subject) {
  const Classification& verdict = *subject.ticket.classification;
  if (Confirms(judgement, verdict) && IsBlocked(judgement.category) == Lasts(subject.latest)) {
    return std::nullopt;
  }
  return CorrectionOf(judgement, subject.ticket.state, verdict);
}

}  // namespace

absl::StatusOr<JudgementOutcome> Intake::Judge(const JudgementRequest& request,
                                               Transaction& tx) const {
  ASSIGN_OR_RETURN(Subject subject, Find(request, tx));
  const absl::Time now = clock_.Now();
  const Feedback feedback = FeedbackOf(request, subject, now);
  RETURN_IF_ERROR(tx.InsertFeedback(feedback));
  JudgementOutcome outcome;
  outcome.agrees = Agrees(feedback);
  StoredTicket& ticket = subject.ticket;
  if (subject.present) {
    const LinkFacts before = LinkFactsOf(ticket, subject.latest);
    ticket.correction = CorrectionFor(request.judgement, subject);
    RETURN_IF_ERROR(tx.PutTicket(subject.key, ticket));
    ASSIGN_OR_RETURN(Followed followed, Follow(subject.key, ticket, before,
                                               std::move(subject.latest), now, request.note, tx));
    outcome.links_changed = followed.links_changed;
    outcome.blocker = std::move(followed.blocker);
    outcome.change = std::move(followed.change);
    outcome.unblocked_after = followed.unblocked_after;
    outcome.climbed = std::move(followed.climbed);
  }
  outcome.classification = EffectiveVerdict(ticket.classification, ticket.correction);
  if (!outcome.blocker.has_value()) outcome.blocker = std::move(subject.named);
  return outcome;
}

}  // namespace clearway
