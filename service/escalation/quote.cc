#include "service/escalation/quote.h"

#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace clearway {
namespace {

constexpr absl::string_view kZeroWidthSpace = "\u200B";
constexpr absl::string_view kEllipsis = "…";
// "&commat;" and its like; longer names of characters are rare.
constexpr size_t kLongestEntity = 10;

bool IsDomainChar(char c) { return absl::ascii_isalnum(c) || c == '-' || c == '.'; }

// Control characters and runs of white space become one space.
std::string OneLine(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool blank = absl::ascii_isspace(c) || absl::ascii_iscntrl(c);
    if (!blank) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  absl::StripTrailingAsciiWhitespace(&out);
  return out;
}

void Cut(size_t max_bytes, std::string* text) {
  if (text->size() <= max_bytes) return;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0) == 0x80) --end;
  text->resize(end);
  absl::StripTrailingAsciiWhitespace(text);
  absl::StrAppend(text, kEllipsis);
}

// True for the @ of "name@example.com".
bool IsInAddress(absl::string_view text, size_t at) {
  if (at == 0 || !absl::ascii_isalnum(text[at - 1])) return false;
  size_t end = at + 1;
  while (end < text.size() && IsDomainChar(text[end])) ++end;
  const size_t dot = text.substr(0, end).find('.', at + 2);
  return dot != absl::string_view::npos && dot + 1 < end && absl::ascii_isalnum(text[dot + 1]);
}

// True when the character at `at` would begin something a tool acts on.
bool IsLive(absl::string_view text, size_t at, bool break_references) {
  const absl::string_view rest = text.substr(at + 1);
  const char next = rest.empty() ? ' ' : rest[0];
  switch (text[at]) {
    case '@':
      return next != ' ' && !IsInAddress(text, at);
    case '<':
      return next != ' ';
    case '[':
      return next == '~';
    case ']':
      return next == '(' || next == '[';
    case '&':
      return rest.substr(0, kLongestEntity).find(';') != absl::string_view::npos;
    case '#':
    case '!':
      return break_references && absl::ascii_isdigit(next);
    default:
      return false;
  }
}

std::string Defuse(absl::string_view text, bool break_references) {
  std::string out;
  out.reserve(text.size() + 16);
  if (text.substr(0, 1) == "/") absl::StrAppend(&out, kZeroWidthSpace);
  for (size_t i = 0; i < text.size(); ++i) {
    // A stray backtick would swallow what follows it as code.
    out.push_back(text[i] == '`' ? '\'' : text[i]);
    if (IsLive(text, i, break_references)) absl::StrAppend(&out, kZeroWidthSpace);
  }
  return out;
}

// Bytes that OneLine and Defuse leave alone wherever they stand.
constexpr std::array<bool, 256> MakePlain() {
  std::array<bool, 256> plain{};
  for (size_t byte = 0x21; byte < plain.size(); ++byte) plain[byte] = byte != 0x7f;
  for (const char special : {'@', '<', '[', ']', '&', '#', '!', '`'}) {
    plain[static_cast<size_t>(special)] = false;
  }
  return plain;
}
constexpr std::array<bool, 256> kPlain = MakePlain();

// Most texts: nothing in it is changed.
bool IsPlain(absl::string_view text) {
  char before = ' ';
  for (const char c : text) {
    const bool plain = c == ' ' ? before != ' ' : kPlain[static_cast<unsigned char>(c)];
    if (!plain) return false;
    before = c;
  }
  return before != ' ' && text.front() != '/';
}

std::string QuoteAs(absl::string_view text, size_t max_bytes, bool break_references) {
  if (text.size() <= max_bytes && IsPlain(text)) return std::string(text);
  std::string line = OneLine(text);
  Cut(max_bytes, &line);
  return Defuse(line, break_references);
}

}  // namespace

std::string Quote(absl::string_view text, size_t max_bytes) {
  return QuoteAs(text, max_bytes, true);
}

std::string QuoteKey(absl::string_view key, size_t max_bytes) {
  return QuoteAs(key, max_bytes, false);
}

}  // namespace clearway
