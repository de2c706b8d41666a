#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace clearway {

// Text from outside made fit for one line of a terminal: control characters, line breaks and what
// turns the writing direction become spaces, runs of spaces one, invalid bytes U+FFFD.
std::string OneLine(absl::string_view text);

// The same for text of several lines: line feeds are kept, and so are runs of spaces.
std::string PlainLines(absl::string_view text);

// Columns that a fixed-width font gives to UTF-8 text: two for wide (Chinese) characters, none for
// combining ones.
int DisplayWidth(absl::string_view text);

// `text` cut to at most `width` columns, "…" included where something was cut off.
std::string Clip(absl::string_view text, int width);

}  // namespace clearway
