#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/string_view.h"

namespace clearway {

// What routes write to take back a ladder or quiet hours that a parent gave.
inline constexpr absl::string_view kNone = "none";

// What messages go by, and are written in.
inline constexpr std::array<absl::string_view, 4> kChannels = {"ticket", "chat", "mail", "meeting"};
inline constexpr std::array<absl::string_view, 2> kTextLanguages = {"en", "zh"};

inline bool IsChannel(absl::string_view name) {
  return std::find(kChannels.begin(), kChannels.end(), name) != kChannels.end();
}
inline bool IsTextLanguage(absl::string_view code) {
  return std::find(kTextLanguages.begin(), kTextLanguages.end(), code) != kTextLanguages.end();
}

// 1 to 63 of a-z, 0-9 and -.
bool IsPolicyName(absl::string_view name);

// `is "NAME"; WANTED`, the fault of a name that is unknown.
std::string NameFault(absl::string_view name, absl::string_view wanted);

// "known: a, b", or that there are none.
template <typename Names>
std::string KnownNames(const Names& names) {
  std::string known;
  for (const auto& name : names) known += (known.empty() ? "known: " : ", ") + std::string(name);
  return known.empty() ? "the file defines none" : known;
}

}  // namespace clearway
