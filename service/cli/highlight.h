#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace clearway {

// A stretch of a text to be seen at once.
struct Highlight {
  // Bytes [begin, end).
  size_t begin = 0;
  size_t end = 0;
  // Stands behind it.
  std::string note;
};

// `text` fit for a terminal with its lines kept (see PlainLines), its highlights in colour or,
// without colour, as "[[…]](note)". Of overlapping highlights the first in the text counts; what
// lies outside the text is left out.
std::string HighlightText(absl::string_view text, std::vector<Highlight> highlights, bool color);

}  // namespace clearway
