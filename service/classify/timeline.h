#pragma once

#include <cstddef>
#include <vector>

#include "service/classify/classifier.h"
#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// How a verdict differs from the one before it.
enum class VerdictChange {
  kNone,
  // From the beginning, or for the first time.
  kBlocked,
  kUnblocked,
  kBlockedAgain,
  // Blocked as before, with another category or reason.
  kOtherCause,
};

// A ticket as it stood at some time, and what the classifier says of that.
struct TimelinePoint {
  // How many comments had been written.
  size_t comments = 0;
  Classification verdict;
  VerdictChange change = VerdictChange::kNone;
};

// One point for the description and one after each comment. Only comments are known to have come
// one by one: status, flag, labels and links count throughout as they are now. Takes as many
// verdicts as there are points.
std::vector<TimelinePoint> VerdictTimeline(const Classifier& classifier, Ticket ticket);

}  // namespace clearway
