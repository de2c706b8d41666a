#include "service/domain/correction.h"

#include <utility>

namespace clearway {

Correction CorrectionOf(Judgement judgement, const TicketState& ticket,
                        const Classification& verdict) {
  return {std::move(judgement),  ticket.ticket.status,    ticket.ticket.done,
          ticket.ticket.flagged, TextFingerprint(ticket), verdict.likeliest};
}

bool Confirms(const Judgement& judgement, const Classification& verdict) {
  return judgement.category == verdict.category &&
         (judgement.reason == Reason::kUnspecified || judgement.reason == verdict.reason) &&
         (judgement.secondary == Category::kUnspecified ||
          judgement.secondary == verdict.secondary) &&
         (judgement.waiting_on.empty() || judgement.waiting_on == verdict.waiting_on);
}

bool Holds(const Correction& correction, const TicketState& ticket, const Classification& verdict) {
  const Ticket& now = ticket.ticket;
  if (ticket.deleted || now.status != correction.status || now.done != correction.done ||
      now.flagged != correction.flagged) {
    return false;
  }
  if (TextFingerprint(ticket) == correction.text) return true;
  if (IsBlocked(correction.judgement.category)) return verdict.category != Category::kNotBlocked;
  return !IsBlocked(verdict.category) || verdict.category == correction.overruled;
}

std::optional<Classification> EffectiveVerdict(const std::optional<Classification>& verdict,
                                               const std::optional<Correction>& correction) {
  if (!verdict.has_value() || !correction.has_value()) return verdict;
  const Judgement& judgement = correction->judgement;
  Classification result = *verdict;
  if (verdict->likeliest != judgement.category) {
    result.reason = Reason::kUnspecified;
    result.secondary = Category::kUnspecified;
    result.waiting_on.clear();
    result.evidence.clear();
  }
  result.category = judgement.category;
  if (judgement.reason != Reason::kUnspecified) result.reason = judgement.reason;
  if (judgement.secondary != Category::kUnspecified) result.secondary = judgement.secondary;
  if (!judgement.waiting_on.empty()) result.waiting_on = judgement.waiting_on;
  result.confidence = 1;
  result.corrected_by = judgement.actor;
  return result;
}

}  // namespace clearway
