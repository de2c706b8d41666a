#pragma once

#include <string>

#include "service/escalation/wording.h"
#include "service/report/report.h"

namespace clearway {

// Renderings of a report. Pure. Whatever tickets contain, a row stays a row.

// Plain text for a terminal.
std::string RenderTable(const BlockerReport& report, Language language);

// Markdown with tables (GitHub's kind). Text from tickets mentions nobody and marks nothing up.
std::string RenderMarkdown(const BlockerReport& report, Language language);

// One JSON object: names as in the taxonomy, times in RFC 3339, durations in seconds. Invalid UTF-8
// comes out as U+FFFD.
std::string RenderJson(const BlockerReport& report);

}  // namespace clearway
