#pragma once

#include <string>
#include <vector>

#include "service/classify/timeline.h"
#include "service/domain/classification.h"
#include "service/domain/ticket.h"

namespace clearway {

// What is to be said about one ticket.
struct Explanation {
  Ticket ticket;
  Classification verdict;
  // Empty where nobody asked for it.
  std::vector<TimelinePoint> timeline;
};

// For people: the verdict, the ticket's texts with the evidence highlighted, the timeline. What
// comes from the ticket is made harmless.
std::string ExplanationText(const Explanation& explanation, bool color);

// The verdict as VerdictJson says it, with `language`, `probabilities` by category and, where asked
// for, `timeline`.
std::string ExplanationJson(const Explanation& explanation);

}  // namespace clearway
