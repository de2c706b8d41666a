#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"

#include "service/domain/blocker.h"
#include "service/store/store.h"

namespace clearway {

// How much one transaction may do about links.
struct SettleLimits {
  // Changes taken up together.
  int changes = 64;
  // Tickets walked over. A change that moves more is put off for whoever asks for `put_off`.
  size_t tickets = 2000;
  // Takes those put off, too, and puts none off.
  bool put_off = false;
};

struct SettledLinks {
  // Whether anything was there to do; more may be.
  bool worked = false;
  // Tickets that were looked at, and rows written about them.
  size_t tickets = 0;
  size_t rows = 0;
  // Blockers whose ladders may go on: of tickets that hang on less than they did. `id` and `ticket`
  // alone are set. At most kMaxWoken; the rest goes on by itself within the hour.
  std::vector<Blocker> woken;
};
inline constexpr size_t kMaxWoken = 1000;

// Works out anew who hangs on which root, for the oldest changes that were noted: walks up from the
// tickets that changed to all that hang on them, and no further, and writes what came out
// different. To be run by GroupCommit; repeatable.
absl::StatusOr<SettledLinks> SettleLinks(const SettleLimits& limits, Transaction& tx);

}  // namespace clearway
