#include "service/report/text_table.h"

#include <algorithm>

#include "absl/strings/ascii.h"

#include "service/report/display_text.h"

namespace clearway {
namespace {

std::vector<std::string> Fit(const std::vector<TableColumn>& columns,
                             const std::vector<std::string>& row) {
  std::vector<std::string> cells;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string line = OneLine(row[i]);
    cells.push_back(columns[i].max_width == 0 ? line : Clip(line, columns[i].max_width));
  }
  return cells;
}

void AppendLine(const std::vector<TableColumn>& columns, const std::vector<int>& widths,
                const std::vector<std::string>& cells, std::string* out) {
  std::string line;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string padding(static_cast<size_t>(widths[i] - DisplayWidth(cells[i])), ' ');
    if (i > 0) line += "  ";
    line += columns[i].right_aligned ? padding + cells[i] : cells[i] + padding;
  }
  absl::StripTrailingAsciiWhitespace(&line);
  *out += line + "\n";
}

}  // namespace

std::string FormatTable(const std::vector<TableColumn>& columns,
                        const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> lines(1);
  for (const TableColumn& column : columns) lines[0].push_back(column.header);
  for (const std::vector<std::string>& row : rows) lines.push_back(Fit(columns, row));

  std::vector<int> widths(columns.size(), 0);
  for (const std::vector<std::string>& line : lines) {
    for (size_t i = 0; i < columns.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(line[i]));
    }
  }
  std::string out;
  for (const std::vector<std::string>& line : lines) AppendLine(columns, widths, line, &out);
  return out;
}

}  // namespace clearway
