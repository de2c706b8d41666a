#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace clearway {

// How many code points `text` has. Any bytes are taken: each byte that is no part of a valid UTF-8
// sequence counts as one. Linear time.
size_t CountCodePoints(absl::string_view text);

}  // namespace clearway
