#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace clearway {

// What the texts of a playbook can speak of, by the names of the members in braces: "{party}".
struct TemplateFacts {
  std::string ticket;
  std::string title;
  std::string party;
  std::string age;
  std::string since;
  std::string project;
};

// INVALID_ARGUMENT, naming the brace, unless every brace in `text` belongs to a known fact.
absl::Status CheckTemplate(absl::string_view text);

// Puts the facts in. They are inserted as they are: braces inside them mean nothing. `text` has
// passed CheckTemplate; braces that it would refuse stay.
std::string RenderTemplate(absl::string_view text, const TemplateFacts& facts);

}  // namespace clearway
