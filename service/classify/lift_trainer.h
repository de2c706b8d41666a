#pragma once

#include <vector>

#include "service/classify/last_word.h"
#include "service/classify/lift.h"
#include "service/classify/train_options.h"
#include "service/classify/training_example.h"

namespace clearway {

// A last word as the only comment of a ticket, to be read like any other.
struct LastWordExample {
  const LastWord* word = nullptr;
  Ticket ticket;
  Document document;
};

// Learned from last words, and from every text of blocked records, none of which lifts: together
// they know many more words of trouble than last words do. What other records say may lift or not.
LiftModel TrainLift(const Examples& examples, const std::vector<const LastWordExample*>& words,
                    const TrainOptions& options);

}  // namespace clearway
