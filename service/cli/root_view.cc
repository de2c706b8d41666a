#include "service/cli/root_view.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/base/duration.h"
#include "service/cli/proto_text.h"
#include "service/report/text_table.h"
#include "service/wire/time.h"

namespace clearway {
namespace {

std::string WhatItIs(const v1::RootCause& root) {
  if (root.circle_tickets() > 0) return absl::StrCat("circle of ", root.circle_tickets());
  if (!root.known()) return "never seen";
  return root.blocker().empty() ? "open" : NameOf(root.reason());
}

// Those of the circle have an asterisk; the rest is only counted.
std::string HangingText(const v1::RootCause& root) {
  std::string text =
      absl::StrJoin(root.hanging(), " ", [](std::string* out, const v1::HangingTicket& hanging) {
        absl::StrAppend(out, hanging.ticket(), hanging.in_circle() ? "*" : "");
      });
  const int64_t more = root.tickets() - root.hanging_size();
  if (more > 0) absl::StrAppend(&text, " +", more);
  return text;
}

}  // namespace

std::string RootTable(const std::vector<v1::RootCause>& roots, bool priced) {
  std::vector<TableColumn> columns = {{"ROOT", false, 32},      {"IS"},
                                      {"WAITS FOR", false, 24}, {"TICKETS", true},
                                      {"STUCK", true},          {"BLOCKED", true}};
  if (priced) columns.push_back({"COST", true});
  columns.push_back({"HANGING ON IT", false, 60});
  std::vector<std::vector<std::string>> rows;
  for (const v1::RootCause& root : roots) {
    std::vector<std::string> row = {root.ticket(),
                                    WhatItIs(root),
                                    root.waiting_on(),
                                    absl::StrCat(root.tickets()),
                                    absl::StrCat(root.stuck_tickets()),
                                    FormatAge(FromProto(root.blocked_duration()))};
    if (priced) row.push_back(absl::StrCat(std::llround(root.cost())));
    row.push_back(HangingText(root));
    rows.push_back(std::move(row));
  }
  return FormatTable(columns, rows);
}

}  // namespace clearway
