#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "service/store/store.h"

namespace clearway::testing {

// A way to get an empty store.
struct Backend {
  std::string name;
  // `dir` is an empty folder that outlives the store.
  absl::StatusOr<std::unique_ptr<Store>> (*open_empty)(const std::string& dir);
};

inline void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }

// Every back end: the one place to add another.
std::vector<Backend> Backends();

}  // namespace clearway::testing
