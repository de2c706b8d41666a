#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

#include "service/store/store.h"

namespace clearway::testing {

// Keeps what a store is over, and goes after it.
class Ground {
 public:
  virtual ~Ground() = default;
  // A store over it, empty the first time.
  virtual absl::StatusOr<std::unique_ptr<Store>> Open() = 0;
  // Runs statements beside the stores, for what they cannot do; UNIMPLEMENTED where nobody but the
  // store gets at it.
  virtual absl::Status Execute(const std::string& sql) = 0;
};

// A way to get an empty store.
struct Backend {
  std::string name;
  // `dir` is an empty folder that outlives the ground.
  std::unique_ptr<Ground> (*make_ground)(const std::string& dir);
};

inline void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }
inline std::string BackendName(const ::testing::TestParamInfo<Backend>& info) {
  return info.param.name;
}

// Every back end: the one place to add another.
std::vector<Backend> Backends();
// Those that outlive a store over them, so that there may be older ones.
std::vector<Backend> LastingBackends();

}  // namespace clearway::testing
