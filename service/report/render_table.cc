#include <algorithm>

#include "absl/strings/str_cat.h"

#include "service/report/display_text.h"
#include "service/report/render.h"
#include "service/report/report_text.h"
#include "service/report/text_table.h"

namespace clearway {

std::string RenderTable(const BlockerReport& report, Language language) {
  const ReportText text = PutIntoWords(report, language);
  std::string out = absl::StrCat(OneLine(text.title), "\n\n");
  int label_width = 0;
  for (const auto& [label, value] : text.facts) {
    label_width = std::max(label_width, DisplayWidth(label));
  }
  for (const auto& [label, value] : text.facts) {
    const std::string padding(static_cast<size_t>(label_width - DisplayWidth(label) + 2), ' ');
    absl::StrAppend(&out, label, padding, value, "\n");
  }
  for (const ReportSection& section : text.sections) {
    absl::StrAppend(&out, "\n", FormatTable(section.columns, section.rows));
    if (!section.note.empty()) absl::StrAppend(&out, section.note, "\n");
  }
  return out;
}

}  // namespace clearway
