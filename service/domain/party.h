#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace clearway {

// The words that name a party, in one form for comparison: "@Legal", "the legal" and "legal" are
// the same. ASCII case, outer and repeated spaces, a leading @ and a leading "the" say nothing.
std::string NormalizedParty(absl::string_view words);

// False where either is empty.
bool SameParty(absl::string_view a, absl::string_view b);

}  // namespace clearway
