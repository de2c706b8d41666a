#include "service/cli/explain_view.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

#include "service/cli/highlight.h"
#include "service/cli/verdict_json.h"
#include "service/domain/taxonomy.h"
#include "service/report/display_text.h"
#include "service/report/text_table.h"

namespace clearway {
namespace {

using Json = nlohmann::ordered_json;

absl::string_view ChangeText(VerdictChange change) {
  switch (change) {
    case VerdictChange::kNone:
      return "";
    case VerdictChange::kBlocked:
      return "blocked";
    case VerdictChange::kUnblocked:
      return "unblocked";
    case VerdictChange::kBlockedAgain:
      return "blocked again";
    case VerdictChange::kOtherCause:
      return "other cause";
  }
  return "";
}

std::string CommentName(size_t index) { return absl::StrCat("comments[", index, "]"); }

// What was written last before a point of the timeline.
std::string PointName(const TimelinePoint& point) {
  return point.comments == 0 ? "description" : CommentName(point.comments - 1);
}

std::string VerdictText(const Classification& verdict) {
  const std::string reason(ReasonName(verdict.reason));
  std::string text =
      absl::StrCat(CategoryName(verdict.category), reason.empty() ? "" : " / ", reason,
                   absl::StrFormat(", confidence %.2f\n", verdict.confidence));
  absl::StrAppend(
      &text, "waiting on: ", verdict.waiting_on.empty() ? "-" : OneLine(verdict.waiting_on), "\n");
  if (verdict.secondary != Category::kUnspecified) {
    absl::StrAppend(&text, "second cause: ", CategoryName(verdict.secondary), "\n");
  }
  absl::StrAppend(&text, "probabilities:");
  for (size_t i = 0; i < kVerdictCategories.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? " " : ", ", CategoryName(kVerdictCategories[i]),
                    absl::StrFormat(" %.2f", verdict.probabilities[i]));
  }
  return absl::StrCat(text, "\nlanguage ", verdict.language, ", model ",
                      OneLine(verdict.model_version), "\n");
}

// A heading and the text below it, indented; nothing where there is no text.
std::string FieldText(const std::string& name, absl::string_view heading, absl::string_view text,
                      const Classification& verdict, bool color) {
  if (text.empty()) return "";
  std::vector<Highlight> highlights;
  for (const Evidence& span : verdict.evidence) {
    if (span.field != name) continue;
    highlights.push_back({static_cast<size_t>(span.begin), static_cast<size_t>(span.end),
                          absl::StrFormat("%+.2f", span.weight)});
  }
  const std::string shown = HighlightText(text, std::move(highlights), color);
  return absl::StrCat("\n", heading, "\n  ", absl::StrReplaceAll(shown, {{"\n", "\n  "}}), "\n");
}

std::string TicketText(const Ticket& ticket, const Classification& verdict, bool color) {
  std::string text = FieldText("title", "title", ticket.title, verdict, color);
  text += FieldText("description", "description", ticket.description, verdict, color);
  for (size_t i = 0; i < ticket.comments.size(); ++i) {
    const Comment& comment = ticket.comments[i];
    const std::string name = CommentName(i);
    const std::string author = OneLine(comment.author);
    text += FieldText(name, author.empty() ? name : absl::StrCat(name, " by ", author),
                      comment.body, verdict, color);
  }
  return text;
}

std::string TimelineText(const std::vector<TimelinePoint>& timeline) {
  std::vector<std::vector<std::string>> rows;
  for (const TimelinePoint& point : timeline) {
    const absl::string_view change = ChangeText(point.change);
    rows.push_back({PointName(point), std::string(CategoryName(point.verdict.category)),
                    std::string(ReasonName(point.verdict.reason)),
                    absl::StrFormat("%.2f", point.verdict.confidence),
                    change.empty() ? "" : absl::StrCat("<- ", change)});
  }
  return FormatTable({{"after"}, {"category"}, {"reason"}, {"confidence", true}, {""}}, rows);
}

Json ProbabilitiesJson(const Classification& verdict) {
  Json json = Json::object();
  for (size_t i = 0; i < kVerdictCategories.size(); ++i) {
    json[std::string(CategoryName(kVerdictCategories[i]))] = verdict.probabilities[i];
  }
  return json;
}

Json TimelineJson(const std::vector<TimelinePoint>& timeline) {
  Json array = Json::array();
  for (const TimelinePoint& point : timeline) {
    array.push_back(Json{{"after", PointName(point)},
                         {"category", std::string(CategoryName(point.verdict.category))},
                         {"reason", std::string(ReasonName(point.verdict.reason))},
                         {"confidence", point.verdict.confidence},
                         {"waiting_on", point.verdict.waiting_on},
                         {"change", std::string(ChangeText(point.change))}});
  }
  return array;
}

}  // namespace

std::string ExplanationText(const Explanation& explanation, bool color) {
  std::string text = absl::StrCat(VerdictText(explanation.verdict),
                                  TicketText(explanation.ticket, explanation.verdict, color));
  if (explanation.timeline.empty()) return text;
  return absl::StrCat(text, "\n", TimelineText(explanation.timeline));
}

std::string ExplanationJson(const Explanation& explanation) {
  Json json = VerdictJson(explanation.ticket.key, explanation.verdict);
  json["language"] = explanation.verdict.language;
  json["probabilities"] = ProbabilitiesJson(explanation.verdict);
  if (!explanation.timeline.empty()) json["timeline"] = TimelineJson(explanation.timeline);
  return JsonText(json, 2) + "\n";
}

}  // namespace clearway
