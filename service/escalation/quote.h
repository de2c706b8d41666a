#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace clearway {

// Text from a ticket made fit to stand in a message of ours: on one line, cut to at most
// `max_bytes` on a UTF-8 boundary with "…" after it, and harmless in the tools we write to. It
// mentions nobody
// (@name, <!channel>, [~name]), refers to nothing (#123, !123), runs no /command and hides no link:
// an invisible space breaks what would. Mail addresses stay whole.
std::string Quote(absl::string_view text, size_t max_bytes);

// The same for a ticket's key, which may be a reference ("app#7"): it is ours to make.
std::string QuoteKey(absl::string_view key, size_t max_bytes);

}  // namespace clearway
