#pragma once

#include <istream>
#include <ostream>

#include "service/base/clock.h"

namespace clearway {

// What a command reads from and writes to. All must outlive it.
struct Terminal {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const Clock& clock;
  // Whether `out` is read by a person who wants colours, as far as the program can tell.
  bool color = false;
  // Whether a person can be asked on `in`.
  bool interactive = false;
};

}  // namespace clearway
