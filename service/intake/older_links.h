#pragma once

#include <cstddef>

#include "absl/status/statusor.h"

#include "service/store/store.h"

namespace clearway {

struct LinkedTickets {
  // False: another transaction did it, or is at it.
  bool ours = false;
  // How many were linked.
  size_t tickets = 0;
  // Something is to be worked out about what hangs on what; see SettleLinks.
  bool links_changed = false;
};

// Keeps what the links say of tickets that were last written before links were kept. To be run by
// GroupCommit; repeatable.
absl::StatusOr<LinkedTickets> LinkOlderTickets(const UnlinkedTickets& found, Transaction& tx);

}  // namespace clearway
