#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

#include "service/domain/standing.h"
#include "service/domain/ticket.h"

namespace clearway {

// What hangs on a ticket: others that cannot go on before it does.
struct Dependants {
  // How many, whether or not their keys are known.
  int count = 0;
  // Some of them or all, the most telling first.
  std::vector<std::string> keys;
  // For how long they have been blocked, all together; zero: not known.
  absl::Duration blocked_time;

  friend bool operator==(const Dependants&, const Dependants&) = default;
};

// As far as the ticket's own links tell: each key that it "blocks", once.
Dependants DependantsOf(const Ticket& ticket);

// As far as its own links and those of all others tell, whatever they are a part of.
Dependants DependantsOf(const Ticket& ticket, const Standing& standing);

}  // namespace clearway
