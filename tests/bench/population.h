#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "service/store/store.h"

namespace clearway::bench {

// What a store looks like after two years, at any size: each ticket with its last event, its state
// of about 600 bytes of text, one blocker, the blocker's history and every second time an
// escalation. 4 in 100 blockers last, most of them new, and 100 have a step overdue; the others
// ended after minutes to months, 1 in 12 after having come back. 200 projects, the smaller the
// rarer.
struct Population {
  // Number n is the same whatever the size; the newest is the last.
  int64_t size = 0;
  absl::Time now;
};

inline constexpr char kPopulationTenant[] = "default";
inline constexpr char kPopulationSource[] = "bench";

// The key of ticket number n.
std::string PopulationTicket(int64_t n);
// The project of ticket number n; of all, "P-199" is the rarest.
std::string PopulationProject(int64_t n);

// Adds tickets [from, to) of the population.
absl::Status Fill(const Population& population, int64_t from, int64_t to, Store& store);

}  // namespace clearway::bench
