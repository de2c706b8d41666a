#pragma once

#include <string>
#include <vector>

namespace clearway {

struct TableColumn {
  std::string header;
  // Numbers are.
  bool right_aligned = false;
  // Wider cells are cut; 0: never.
  int max_width = 0;
};

// A table in plain text: a header line, then the rows; columns two spaces apart, aligned by the
// width that a terminal shows. Cells may hold any bytes: they come out as one line each. A row has
// as many cells as there are columns.
std::string FormatTable(const std::vector<TableColumn>& columns,
                        const std::vector<std::vector<std::string>>& rows);

}  // namespace clearway
