#include "service/server/replay_convert.h"

#include "service/wire/convert.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

bool Lasts(const std::optional<Blocker>& blocker) {
  return blocker.has_value() && blocker->state != BlockerState::kResolved;
}

void ToProto(const ReplayedVerdict& verdict, v1::ReplayedVerdict* proto) {
  *proto->mutable_event_time() = clearway::ToProto(verdict.time);
  proto->set_event_id(verdict.event_id);
  proto->set_category(clearway::ToProto(verdict.category));
  proto->set_reason(clearway::ToProto(verdict.reason));
}

void ToProto(const std::optional<Blocker>& blocker, v1::Blocker* proto) {
  clearway::ToProto(*blocker, proto);
  if (blocker->id == 0) proto->clear_name();
}

}  // namespace

void ToProto(const TicketDifference& difference, v1::TicketDifference* proto) {
  proto->set_source(difference.key.source);
  proto->set_ticket(difference.key.key);
  if (difference.verdict_then.has_value()) {
    ToProto(*difference.verdict_then, proto->mutable_verdict_then());
  }
  if (difference.verdict_now.has_value()) {
    ToProto(*difference.verdict_now, proto->mutable_verdict_now());
  }
  if (difference.blocker_then.has_value()) {
    ToProto(difference.blocker_then, proto->mutable_blocker_then());
  }
  if (difference.blocker_now.has_value()) {
    ToProto(difference.blocker_now, proto->mutable_blocker_now());
  }
  if (difference.next_then.has_value()) {
    ToProto(*difference.next_then, proto->mutable_next_then());
  }
  if (difference.next_now.has_value()) ToProto(*difference.next_now, proto->mutable_next_now());
  for (const ReplayedVerdict& verdict : difference.verdicts) {
    ToProto(verdict, proto->add_verdicts());
  }
  proto->set_kept_by_person(difference.kept_by_person);
}

void Count(const TicketDifference& difference, v1::ReplaySummary* summary) {
  const auto add = [](bool counts) { return counts ? 1 : 0; };
  const bool differs = difference.differs();
  const bool then = Lasts(difference.blocker_then);
  const bool now = Lasts(difference.blocker_now);
  summary->set_ticket_count(summary->ticket_count() + 1);
  summary->set_event_count(summary->event_count() + static_cast<int64_t>(difference.events));
  summary->set_skipped_count(summary->skipped_count() + add(difference.skipped));
  summary->set_kept_by_person_count(summary->kept_by_person_count() +
                                    add(difference.kept_by_person));
  summary->set_difference_count(summary->difference_count() + add(differs));
  summary->set_verdict_count(summary->verdict_count() +
                             add(differs && difference.verdict_differs()));
  summary->set_opened_count(summary->opened_count() + add(differs && !then && now));
  summary->set_resolved_count(summary->resolved_count() + add(differs && then && !now));
}

}  // namespace clearway
