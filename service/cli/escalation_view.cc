#include "service/cli/escalation_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

#include "service/cli/proto_text.h"
#include "service/report/display_text.h"
#include "service/report/text_table.h"

namespace clearway {
namespace {

absl::string_view LastSegment(const std::string& name) {
  return absl::string_view(name).substr(name.rfind('/') + 1);
}

// Drafts keep their lines; nothing else of them reaches the terminal unchecked.
std::string Indented(const std::string& text) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&out, "    ", OneLine(line), "\n");
  }
  return out;
}

}  // namespace

std::string EscalationTable(const std::vector<v1::Escalation>& escalations) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::Escalation& step : escalations) {
    const std::string more =
        step.members_size() > 1 ? absl::StrCat(" +", step.members_size() - 1) : "";
    rows.push_back({std::string(LastSegment(step.name())), absl::StrCat(step.ticket(), more),
                    absl::StrCat(step.level()), step.target(), step.channel(),
                    TimeText(true, step.due_time()), NameOf(step.reason()), step.policy()});
  }
  return FormatTable({{"NO", true},
                      {"TICKET", false, 32},
                      {"LEVEL", true},
                      {"TO", false, 30},
                      {"CHANNEL"},
                      {"DUE (UTC)"},
                      {"REASON"},
                      {"POLICY", false, 30}},
                     rows);
}

std::string EscalationDetails(const v1::Escalation& escalation) {
  std::string out = absl::StrCat(
      OneLine(escalation.ticket()), "  level ", escalation.level(), "  to ",
      OneLine(escalation.target()),
      escalation.handle().empty() ? "" : absl::StrCat(" (", OneLine(escalation.handle()), ")"),
      " by ", OneLine(escalation.channel()), "  due ", TimeText(true, escalation.due_time()),
      " UTC\n");
  for (int i = 1; i < escalation.members_size(); ++i) {
    const v1::EscalationMember& member = escalation.members(i);
    absl::StrAppend(&out, "  and ", OneLine(member.ticket()), "  level ", member.level(), "  ",
                    OneLine(member.title()), "\n");
  }
  absl::StrAppend(&out, "  why: ", OneLine(escalation.rationale()), "\n");
  // Steps recorded before there were any have none.
  if (!escalation.next_step().empty()) {
    absl::StrAppend(&out, "  next: ", OneLine(escalation.next_step()), "\n");
  }
  for (int i = 0; i < escalation.steps_size(); ++i) {
    absl::StrAppend(&out, "  ", i + 1, ". ", OneLine(escalation.steps(i)), "\n");
  }
  absl::StrAppend(&out, "  draft:\n", Indented(escalation.draft_message()));
  if (!escalation.fallback().empty()) {
    absl::StrAppend(&out, "  if nothing happens: ", OneLine(escalation.fallback()), "\n");
  }
  return out;
}

}  // namespace clearway
