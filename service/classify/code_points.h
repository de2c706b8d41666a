#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace clearway {

// How many code points `text` has. Any bytes are taken: each byte that is no part of a valid UTF-8
// sequence counts as one. Linear time.
size_t CountCodePoints(absl::string_view text);

// The same, faster, of text that is known to be UTF-8, from one character to the beginning of
// another.
size_t CountUtf8CodePoints(absl::string_view text);

}  // namespace clearway
