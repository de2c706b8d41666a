#include "service/classify/timeline.h"

#include <utility>

#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

// `was_blocked`: at any point before.
VerdictChange ChangeOf(const std::vector<TimelinePoint>& before, const Classification& now,
                       bool was_blocked) {
  const bool stuck = IsBlocked(now.category);
  const bool stuck_before = !before.empty() && IsBlocked(before.back().verdict.category);
  if (stuck && !stuck_before) {
    return was_blocked ? VerdictChange::kBlockedAgain : VerdictChange::kBlocked;
  }
  if (!stuck) return stuck_before ? VerdictChange::kUnblocked : VerdictChange::kNone;
  const Classification& last = before.back().verdict;
  return now.category == last.category && now.reason == last.reason ? VerdictChange::kNone
                                                                    : VerdictChange::kOtherCause;
}

}  // namespace

std::vector<TimelinePoint> VerdictTimeline(const Classifier& classifier, Ticket ticket) {
  std::vector<Comment> comments = std::exchange(ticket.comments, {});
  std::vector<TimelinePoint> timeline;
  timeline.reserve(comments.size() + 1);
  bool was_blocked = false;
  for (size_t i = 0; i <= comments.size(); ++i) {
    if (i > 0) ticket.comments.push_back(std::move(comments[i - 1]));
    TimelinePoint point{i, classifier.Classify(ticket), VerdictChange::kNone};
    point.change = ChangeOf(timeline, point.verdict, was_blocked);
    was_blocked = was_blocked || IsBlocked(point.verdict.category);
    timeline.push_back(std::move(point));
  }
  return timeline;
}

}  // namespace clearway
