#pragma once

#include <string>
#include <utility>
#include <vector>

#include "service/escalation/wording.h"
#include "service/report/report.h"
#include "service/report/text_table.h"

namespace clearway {

// A report put into words, before any mark-up: what the plain and the Markdown renderings share.
// Texts from tickets are in it as they came.
enum class CellKind {
  // Our own words and numbers.
  kOurs,
  // A ticket's key: a reference that may work as one.
  kKey,
  // Text from outside.
  kForeign,
};

struct ReportSection {
  std::vector<TableColumn> columns;
  // One for each column.
  std::vector<CellKind> kinds;
  std::vector<std::vector<std::string>> rows;
  // Said under the table, such as that rows were left out; may be empty.
  std::string note;
};

struct ReportText {
  std::string title;
  // Label and value.
  std::vector<std::pair<std::string, std::string>> facts;
  // Without the tables that have no rows.
  std::vector<ReportSection> sections;
};

ReportText PutIntoWords(const BlockerReport& report, Language language);

}  // namespace clearway
