#include "service/domain/party.h"

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace clearway {

std::string NormalizedParty(absl::string_view words) {
  std::string all = absl::AsciiStrToLower(words);
  absl::RemoveExtraAsciiWhitespace(&all);
  absl::string_view party = all;
  party = absl::StripPrefix(absl::StripPrefix(party, "the "), "@");
  return std::string(party);
}

bool SameParty(absl::string_view a, absl::string_view b) {
  const std::string party = NormalizedParty(a);
  return !party.empty() && party == NormalizedParty(b);
}

}  // namespace clearway
