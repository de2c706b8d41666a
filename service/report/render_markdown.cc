#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "service/escalation/quote.h"
#include "service/report/display_text.h"
#include "service/report/render.h"
#include "service/report/report_text.h"

namespace clearway {
namespace {

constexpr size_t kMaxCellBytes = 160;

// Text that means nothing to Markdown, fit for a table's cell.
std::string Escape(absl::string_view text) {
  constexpr absl::string_view kActive = "\\`*_{}[]<>|~#$";
  std::string out;
  for (const char c : text) {
    if (kActive.find(c) != absl::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string Cell(const std::string& text, CellKind kind) {
  switch (kind) {
    case CellKind::kKey:
      return Escape(QuoteKey(OneLine(text), kMaxCellBytes));
    case CellKind::kForeign:
      return Escape(Quote(OneLine(text), kMaxCellBytes));
    case CellKind::kOurs:
      break;
  }
  return Escape(text);
}

void AppendTable(const ReportSection& section, std::string* out) {
  absl::StrAppend(out, "\n|");
  for (const TableColumn& column : section.columns) {
    absl::StrAppend(out, " ", Escape(column.header), " |");
  }
  absl::StrAppend(out, "\n|");
  for (const TableColumn& column : section.columns) {
    absl::StrAppend(out, column.right_aligned ? " ---: |" : " --- |");
  }
  for (const std::vector<std::string>& row : section.rows) {
    absl::StrAppend(out, "\n|");
    for (size_t i = 0; i < row.size(); ++i) {
      absl::StrAppend(out, " ", Cell(row[i], section.kinds[i]), " |");
    }
  }
  absl::StrAppend(out, "\n");
  if (!section.note.empty()) absl::StrAppend(out, "\n", section.note, "\n");
}

}  // namespace

std::string RenderMarkdown(const BlockerReport& report, Language language) {
  const ReportText text = PutIntoWords(report, language);
  std::string out = absl::StrCat("# ", Cell(text.title, CellKind::kForeign), "\n\n");
  for (const auto& [label, value] : text.facts) {
    absl::StrAppend(&out, "- **", label, ":** ", value, "\n");
  }
  for (const ReportSection& section : text.sections) AppendTable(section, &out);
  return out;
}

}  // namespace clearway
