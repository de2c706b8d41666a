#include "service/cli/highlight.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

#include "service/report/display_text.h"

namespace clearway {
namespace {

constexpr absl::string_view kBold = "\x1b[1;33m";
constexpr absl::string_view kDim = "\x1b[2m";
constexpr absl::string_view kPlain = "\x1b[0m";

}  // namespace

std::string HighlightText(absl::string_view text, std::vector<Highlight> highlights, bool color) {
  std::sort(highlights.begin(), highlights.end(),
            [](const Highlight& a, const Highlight& b) { return a.begin < b.begin; });
  std::string out;
  size_t at = 0;
  for (const Highlight& highlight : highlights) {
    const bool fits =
        highlight.begin >= at && highlight.begin < highlight.end && highlight.end <= text.size();
    if (!fits) continue;
    out += PlainLines(text.substr(at, highlight.begin - at));
    const std::string quoted =
        PlainLines(text.substr(highlight.begin, highlight.end - highlight.begin));
    const std::string note = PlainLines(highlight.note);
    out += color ? absl::StrCat(kBold, quoted, kPlain, kDim, "(", note, ")", kPlain)
                 : absl::StrCat("[[", quoted, "]](", note, ")");
    at = highlight.end;
  }
  return out + PlainLines(text.substr(at));
}

}  // namespace clearway
