#include "service/report/display_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "absl/strings/ascii.h"

namespace clearway {
namespace {

// The character that begins at `*at`, which moves behind it; U+FFFD for an invalid byte.
UChar32 NextCharacter(absl::string_view text, int32_t* at) {
  UChar32 character = 0;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  U8_NEXT_OR_FFFD(bytes, *at, static_cast<int32_t>(text.size()), character);
  return character;
}

int WidthOf(UChar32 character) {
  switch (u_charType(character)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
      return 0;
    default:
      break;
  }
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// Embeddings, overrides and isolates, which could make the rest of a line read otherwise.
bool TurnsDirection(UChar32 character) {
  return (character >= 0x202A && character <= 0x202E) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0x200E ||
         character == 0x200F || character == 0x061C;
}

void Append(UChar32 character, std::string* out) {
  uint8_t bytes[U8_MAX_LENGTH];
  int32_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, character);
  out->append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

}  // namespace

std::string OneLine(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    const UChar32 character = NextCharacter(text, &at);
    const bool blank = u_charType(character) == U_CONTROL_CHAR || u_isUWhiteSpace(character) ||
                       TurnsDirection(character);
    if (!blank) {
      Append(character, &out);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  absl::StripTrailingAsciiWhitespace(&out);
  return out;
}

std::string PlainLines(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    const UChar32 character = NextCharacter(text, &at);
    const bool line_end =
        static_cast<size_t>(at) < text.size() && text[static_cast<size_t>(at)] == '\n';
    if (character == '\r' && line_end) continue;
    const int8_t type = u_charType(character);
    const bool blank = type == U_CONTROL_CHAR || type == U_LINE_SEPARATOR ||
                       type == U_PARAGRAPH_SEPARATOR || TurnsDirection(character);
    Append(blank && character != '\n' ? ' ' : character, &out);
  }
  return out;
}

int DisplayWidth(absl::string_view text) {
  int width = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    width += WidthOf(NextCharacter(text, &at));
  }
  return width;
}

std::string Clip(absl::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  int used = 1;  // the ellipsis
  int32_t end = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    used += WidthOf(NextCharacter(text, &at));
    if (used > width) break;
    end = at;
  }
  std::string cut(text.substr(0, static_cast<size_t>(end)));
  absl::StripTrailingAsciiWhitespace(&cut);
  return cut + "…";
}

}  // namespace clearway
