#include "plugin-adapters/tracker/github/priority_label.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace clearway::github {
namespace {

struct Word {
  absl::string_view word;
  v1::Priority priority;
};

// These stand for themselves.
constexpr Word kCodes[] = {
    {"p0", v1::PRIORITY_HIGHEST}, {"p1", v1::PRIORITY_HIGH},   {"p2", v1::PRIORITY_MEDIUM},
    {"p3", v1::PRIORITY_LOW},     {"p4", v1::PRIORITY_LOWEST},
};

// These only beside "priority".
constexpr Word kLevels[] = {
    {"blocker", v1::PRIORITY_HIGHEST}, {"critical", v1::PRIORITY_HIGHEST},
    {"urgent", v1::PRIORITY_HIGHEST},  {"highest", v1::PRIORITY_HIGHEST},
    {"high", v1::PRIORITY_HIGH},       {"medium", v1::PRIORITY_MEDIUM},
    {"normal", v1::PRIORITY_MEDIUM},   {"low", v1::PRIORITY_LOW},
    {"lowest", v1::PRIORITY_LOWEST},   {"trivial", v1::PRIORITY_LOWEST},
    {"紧急", v1::PRIORITY_HIGHEST},    {"最高", v1::PRIORITY_HIGHEST},
    {"高", v1::PRIORITY_HIGH},         {"中", v1::PRIORITY_MEDIUM},
    {"低", v1::PRIORITY_LOW},          {"最低", v1::PRIORITY_LOWEST},
};

// Letters, digits and all that is not ASCII; the rest parts words, and so do 优先级's usual colons.
std::vector<std::string> Words(absl::string_view label) {
  std::string spaced;
  for (const char c : absl::AsciiStrToLower(label)) {
    const bool part = absl::ascii_isalnum(c) || !absl::ascii_isascii(c);
    spaced.push_back(part ? c : ' ');
  }
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(spaced, ' ', absl::SkipEmpty())) {
    if (absl::StartsWith(word, "优先级")) {
      words.emplace_back("priority");
      absl::string_view rest = word.substr(absl::string_view("优先级").size());
      if (absl::StartsWith(rest, "：")) rest.remove_prefix(absl::string_view("：").size());
      if (!rest.empty()) words.emplace_back(rest);
    } else {
      words.emplace_back(word);
    }
  }
  return words;
}

}  // namespace

v1::Priority PriorityOfLabel(absl::string_view label) {
  const std::vector<std::string> words = Words(label);
  bool about_priority = false;
  for (const std::string& word : words) {
    for (const Word& code : kCodes) {
      if (word == code.word) return code.priority;
    }
    about_priority = about_priority || word == "priority" || word == "prio";
  }
  if (!about_priority) return v1::PRIORITY_UNSPECIFIED;
  for (const std::string& word : words) {
    for (const Word& level : kLevels) {
      if (word == level.word) return level.priority;
    }
  }
  return v1::PRIORITY_UNSPECIFIED;
}

}  // namespace clearway::github
