#include "service/report/report_text.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

#include "service/base/duration.h"
#include "service/domain/taxonomy.h"

namespace clearway {
namespace {

// Rows of a table that people still read, every reason among them; the JSON has them all.
constexpr size_t kMaxRows = 25;
constexpr int kMaxCellWidth = 42;
constexpr int kMaxPartyWidth = 24;

// Speaks one language.
class Words {
 public:
  explicit Words(Language language) : language_(language) {}

  std::string Say(absl::string_view english, absl::string_view chinese) const {
    return std::string(language_ == Language::kChinese ? chinese : english);
  }

  // "2d 4h" in the language's own units.
  std::string Span(absl::Duration duration) const {
    std::string text = FormatAge(duration);
    if (language_ != Language::kChinese) return text;
    return absl::StrReplaceAll(text, {{"d", "天"}, {"h", "小时"}, {"m", "分"}, {"s", "秒"}});
  }

  // "<1d", "1-3d", ">30d" in words.
  std::string AgeClass(absl::string_view key) const {
    absl::string_view days = absl::StripSuffix(key, "d");
    if (absl::ConsumePrefix(&days, "<")) {
      return Say(absl::StrCat("under ", days, " day"), absl::StrCat("不足 ", days, " 天"));
    }
    if (absl::ConsumePrefix(&days, ">")) {
      return Say(absl::StrCat("over ", days, " days"), absl::StrCat("超过 ", days, " 天"));
    }
    return Say(absl::StrCat(days, " days"), absl::StrCat(days, " 天"));
  }

  std::string Date(absl::Time time) const {
    return absl::FormatTime("%Y-%m-%d %H:%M", time, absl::UTCTimeZone());
  }

  std::string Percent(double share) const { return absl::StrCat(std::lround(share * 100), "%"); }

  std::string OrUnknown(absl::string_view text) const {
    return text.empty() ? Say("(not said)", "（未注明）") : std::string(text);
  }

  std::string CategoryLabel(Category category) const {
    return OrUnknown(CategoryWords(category, language_));
  }
  std::string ReasonLabel(Reason reason) const { return OrUnknown(ReasonWords(reason, language_)); }

 private:
  const Language language_;
};

// `count` rows there were to show.
void NoteWhatIsLeftOut(const Words& words, size_t count, ReportSection* section) {
  if (count <= kMaxRows) return;
  const size_t more = count - kMaxRows;
  section->note =
      words.Say(absl::StrCat("and ", more, " more"), absl::StrCat("另有 ", more, " 项"));
}

template <typename Label>
ReportSection GroupSection(const Words& words, std::string title, CellKind kind,
                           const std::vector<BlockerReportGroup>& groups, Label label) {
  ReportSection section;
  section.columns = {{std::move(title), false, kMaxCellWidth},
                     {words.Say("open", "未解除"), true},
                     {words.Say("opened", "新增"), true},
                     {words.Say("resolved", "解除"), true},
                     {words.Say("time blocked", "阻塞时长"), true}};
  section.kinds.assign(section.columns.size(), CellKind::kOurs);
  section.kinds[0] = kind;
  for (const BlockerReportGroup& group : groups) {
    if (section.rows.size() == kMaxRows) break;
    section.rows.push_back({label(group.key), absl::StrCat(group.open), absl::StrCat(group.opened),
                            absl::StrCat(group.resolved), words.Span(group.blocked)});
  }
  NoteWhatIsLeftOut(words, groups.size(), &section);
  return section;
}

ReportSection AgeSection(const Words& words, const std::vector<BlockerReportGroup>& groups) {
  ReportSection section;
  section.columns = {{words.Say("age of what is open", "未解除者已持续")},
                     {words.Say("open", "未解除"), true}};
  section.kinds.assign(section.columns.size(), CellKind::kOurs);
  for (const BlockerReportGroup& group : groups) {
    section.rows.push_back({words.AgeClass(group.key), absl::StrCat(group.open)});
  }
  return section;
}

ReportSection OldestSection(const Words& words, const std::vector<BlockerReportItem>& items) {
  ReportSection section;
  section.columns = {{words.Say("oldest open", "最久未解除"), false, kMaxCellWidth},
                     {words.Say("age", "已持续"), true},
                     {words.Say("category", "类别")},
                     {words.Say("reason", "原因"), false, kMaxCellWidth},
                     {words.Say("waiting on", "等待对象"), false, kMaxPartyWidth},
                     {words.Say("title", "标题"), false, kMaxCellWidth}};
  section.kinds = {CellKind::kKey,  CellKind::kOurs,    CellKind::kOurs,
                   CellKind::kOurs, CellKind::kForeign, CellKind::kForeign};
  for (const BlockerReportItem& item : items) {
    section.rows.push_back({item.ticket, words.Span(item.age), words.CategoryLabel(item.category),
                            words.ReasonLabel(item.reason), item.waiting_on, item.title});
  }
  return section;
}

ReportSection EffectSection(const Words& words, const std::vector<EscalationEffect>& effects) {
  ReportSection section;
  section.columns = {{words.Say("step", "步骤"), true},
                     {words.Say("reason", "原因"), false, kMaxCellWidth},
                     {words.Say("by", "渠道"), false, kMaxPartyWidth},
                     {words.Say("told", "已通知"), true},
                     {words.Say("then resolved", "随后解除"), true},
                     {words.Say("next step", "进入下一步"), true},
                     {words.Say("half within", "半数用时"), true}};
  section.kinds.assign(section.columns.size(), CellKind::kOurs);
  section.kinds[2] = CellKind::kForeign;
  for (const EscalationEffect& effect : effects) {
    if (section.rows.size() == kMaxRows) break;
    const double share = static_cast<double>(effect.resolved) / static_cast<double>(effect.told);
    section.rows.push_back(
        {absl::StrCat(effect.level), words.ReasonLabel(effect.reason), effect.channel,
         absl::StrCat(effect.told), absl::StrCat(effect.resolved, " (", words.Percent(share), ")"),
         absl::StrCat(effect.next_step),
         effect.median_time_to_resolve.has_value() ? words.Span(*effect.median_time_to_resolve)
                                                   : ""});
  }
  NoteWhatIsLeftOut(words, effects.size(), &section);
  return section;
}

std::vector<std::pair<std::string, std::string>> Facts(const Words& words,
                                                       const BlockerReport& report) {
  std::vector<std::pair<std::string, std::string>> facts = {
      {words.Say("Period", "统计区间"),
       absl::StrCat(words.Date(report.start), words.Say(" to ", " 至 "), words.Date(report.end),
                    " UTC")},
      {words.Say("Open at the end", "期末未解除"), absl::StrCat(report.total.open)},
      {words.Say("Opened", "新增"), absl::StrCat(report.total.opened)},
      {words.Say("Resolved", "解除"), absl::StrCat(report.total.resolved)},
      {words.Say("Time blocked", "阻塞总时长"), words.Span(report.total.blocked)},
      {words.Say("Non-technical", "非技术类占比"),
       words.Say(
           absl::StrCat(words.Percent(report.non_technical_share), " of the blockers, ",
                        words.Percent(report.non_technical_time_share), " of the time blocked"),
           absl::StrCat("阻塞数的 ", words.Percent(report.non_technical_share), "，阻塞时长的 ",
                        words.Percent(report.non_technical_time_share)))},
  };
  if (report.time_to_unblock.has_value()) {
    const TimeToUnblock& time = *report.time_to_unblock;
    facts.emplace_back(
        words.Say("Time to unblock", "解除用时"),
        words.Say(absl::StrCat("half within ", words.Span(time.p50), ", 85% within ",
                               words.Span(time.p85), ", 95% within ", words.Span(time.p95)),
                  absl::StrCat("半数不超过 ", words.Span(time.p50), "，85% 不超过 ",
                               words.Span(time.p85), "，95% 不超过 ", words.Span(time.p95))));
  }
  return facts;
}

}  // namespace

ReportText PutIntoWords(const BlockerReport& report, Language language) {
  const Words words(language);
  ReportText text;
  text.title = words.Say(absl::StrCat("Blockers of ", report.tenant),
                         absl::StrCat(report.tenant, " 阻塞报告"));
  if (!report.project.empty()) {
    absl::StrAppend(&text.title, words.Say(", project ", "，项目 "), report.project);
  }
  text.facts = Facts(words, report);
  if (report.by_category.empty() && report.escalation_effects.empty()) return text;

  text.sections = {
      GroupSection(words, words.Say("category", "类别"), CellKind::kOurs, report.by_category,
                   [&](const std::string& key) {
                     return words.CategoryLabel(
                         ParseCategory(key).value_or(Category::kUnspecified));
                   }),
      GroupSection(words, words.Say("reason", "原因"), CellKind::kOurs, report.by_reason,
                   [&](const std::string& key) {
                     return words.ReasonLabel(ParseReason(key).value_or(Reason::kUnspecified));
                   }),
      GroupSection(words, words.Say("project", "项目"), CellKind::kForeign, report.by_project,
                   [&](const std::string& key) { return words.OrUnknown(key); }),
  };
  if (!report.oldest_open.empty()) {
    text.sections.push_back(AgeSection(words, report.by_age));
    text.sections.push_back(OldestSection(words, report.oldest_open));
  }
  if (!report.escalation_effects.empty()) {
    text.sections.push_back(EffectSection(words, report.escalation_effects));
  }
  return text;
}

}  // namespace clearway
