#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "absl/strings/string_view.h"

namespace clearway {

// What kind of writing a line is. Only prose is what its author says of the ticket's state here and
// now; the rest is read too, but weighs less.
enum class Region : uint8_t {
  kProse,
  // Fenced (Markdown, Jira wiki), log lines and stack traces.
  kCode,
  // What somebody said before.
  kQuote,
  // Headings and boxes that a form put there.
  kTemplate,
  // The whole comment was written by a program.
  kBot,
};

// Share of a feature's weight that counts where the feature stands only in such lines, in quarters.
constexpr int kWholeWeight = 4;
constexpr int RegionQuarters(Region region) {
  switch (region) {
    case Region::kProse:
      return kWholeWeight;
    case Region::kQuote:
    case Region::kTemplate:
      return 2;
    case Region::kCode:
    case Region::kBot:
      return 1;
  }
  return kWholeWeight;
}

// Lines up to byte `end` (exclusive) that are of one kind.
struct RegionSpan {
  uint32_t end = 0;
  Region region = Region::kProse;
};

// Covers the text in order. Reads Markdown and Jira wiki markup line by line; a fence that is never
// closed holds to the end. Empty for a text that is prose throughout. Linear in the text.
std::pmr::vector<RegionSpan> ReadRegions(
    absl::string_view text, std::pmr::memory_resource* memory = std::pmr::get_default_resource());

// Whether one line is prose by what it begins with, as most are: a text of which ReadRegions would
// find no more.
bool IsProseLine(absl::string_view line);

// Whether a comment's author is a program, by the name: "dependabot[bot]", "ci-bot", "jenkins".
bool IsBot(absl::string_view author);

}  // namespace clearway
