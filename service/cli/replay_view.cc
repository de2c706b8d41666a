#include "service/cli/replay_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

#include "service/cli/proto_text.h"
#include "service/report/display_text.h"

namespace clearway {
namespace {

template <typename Message>
std::string Cause(const Message& message) {
  const std::string reason = NameOf(message.reason());
  return absl::StrCat(NameOf(message.category()), reason.empty() ? "" : "/", reason);
}

std::string Verdict(const v1::Classification& verdict) {
  std::string text = absl::StrFormat("%s %.2f", Cause(verdict), verdict.confidence());
  if (!verdict.waiting_on().empty()) {
    absl::StrAppend(&text, " on ", OneLine(verdict.waiting_on()));
  }
  if (!verdict.corrected_by().empty()) {
    absl::StrAppend(&text, " by ", OneLine(verdict.corrected_by()));
  }
  return text;
}

std::string State(bool present, const v1::Blocker& blocker) {
  if (!present) return "none";
  return absl::StrCat(NameOf(blocker.state()), " ", Cause(blocker));
}

std::string Step(bool present, const v1::Escalation& step) {
  if (!present) return "none";
  return absl::StrCat("level ", step.level(), " to ", OneLine(step.target()), " by ",
                      OneLine(step.channel()), ", due ", TimeText(true, step.due_time()));
}

void AppendChange(absl::string_view what, const std::string& then, const std::string& now,
                  std::string* text) {
  if (then == now) return;
  absl::StrAppend(text, "  ", what, then, " -> ", now, "\n");
}

}  // namespace

std::string DifferenceText(const v1::TicketDifference& d) {
  std::string text = absl::StrCat(OneLine(d.source()), " ", OneLine(d.ticket()), "\n");
  AppendChange("verdict  ", Verdict(d.verdict_then()), Verdict(d.verdict_now()), &text);
  AppendChange("blocker  ", State(d.has_blocker_then(), d.blocker_then()),
               State(d.has_blocker_now(), d.blocker_now()), &text);
  AppendChange("next     ", Step(d.has_next_then(), d.next_then()),
               Step(d.has_next_now(), d.next_now()), &text);
  for (const v1::ReplayedVerdict& verdict : d.verdicts()) {
    absl::StrAppend(&text, "  since    ", TimeText(true, verdict.event_time()), "  ",
                    Cause(verdict), "\n");
  }
  if (d.kept_by_person()) absl::StrAppend(&text, "  a person's word is kept\n");
  return text;
}

std::string SummaryText(const v1::ReplaySummary& s, bool written) {
  return absl::StrCat(s.ticket_count(), " tickets, ", s.event_count(), " events, through ",
                      OneLine(s.model_version()), ": ", s.difference_count(),
                      written ? " changed" : " would change", "; ", s.verdict_count(),
                      " verdicts, ", s.opened_count(), " blockers opened, ", s.resolved_count(),
                      " ended; a person's word kept on ", s.kept_by_person_count(), ", ",
                      s.skipped_count(), " passed over\n");
}

}  // namespace clearway
