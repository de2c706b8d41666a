#pragma once

#include <cstdio>
#include <cstdlib>

namespace clearway::testing {

// Ends the program where `holds` does not, so that the fuzzer keeps the input.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace clearway::testing
