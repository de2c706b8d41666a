#include "service/escalation/wording.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "service/escalation/quote.h"

namespace clearway {
namespace {

// By language.
using Words = std::array<absl::string_view, 2>;

constexpr std::array<Words, kPriorityCount> kPriorities = {{
    {"not set", "未设"},
    {"lowest", "最低"},
    {"low", "低"},
    {"medium", "中"},
    {"high", "高"},
    {"highest", "最高"},
}};

constexpr std::array<Words, kCategoryCount> kCategories = {{
    {"", ""},
    {"", ""},
    {"technical", "技术"},
    {"communication", "沟通"},
    {"resource", "资源"},
    {"cross-team", "跨团队"},
    {"", ""},
}};

constexpr std::array<Words, kReasonCount> kReasons = {{
    {"", ""},
    {"a defect in the way", "被缺陷卡住"},
    {"build or test failing", "构建或测试不通过"},
    {"infrastructure down or missing", "环境或基础设施不可用"},
    {"a fix or release of other software needed", "依赖其他软件的修复或版本"},
    {"no known way to build it yet", "技术方案未明"},
    {"performance or data not good enough", "性能或数据不达标"},
    {"a security finding to mend first", "安全问题须先修复"},
    {"an answer has not come", "等待答复"},
    {"requirements unclear", "需求不清"},
    {"a decision is owed", "等待决策"},
    {"expectations conflict", "各方期望不一致"},
    {"the value is not visible", "价值没有被看见"},
    {"too few people", "人手不足"},
    {"a skill or key person missing", "缺少关键人或技能"},
    {"budget or purchase open", "预算或采购未落实"},
    {"access or equipment missing", "缺少权限或设备"},
    {"no time slot for it", "排不出时间"},
    {"another team has to deliver", "等待其他团队交付"},
    {"approval or sign-off missing", "等待审批或签字"},
    {"priorities conflict", "优先级冲突"},
    {"nobody owns it", "责任归属不清"},
    {"buy-in missing", "业务方尚未认同"},
    {"no sponsor", "缺少高层支持"},
    {"a vendor or partner has to act", "等待供应商或合作方"},
}};

constexpr std::array<Words, 7> kWeekdays = {{
    {"Monday", "周一"},
    {"Tuesday", "周二"},
    {"Wednesday", "周三"},
    {"Thursday", "周四"},
    {"Friday", "周五"},
    {"Saturday", "周六"},
    {"Sunday", "周日"},
}};

constexpr std::array<absl::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

// Enough to know them by; whoever needs all of them looks at the ticket.
constexpr size_t kMaxKeys = 3;
constexpr size_t kMaxKey = 80;

absl::string_view Pick(const Words& words, Language language) {
  return words[static_cast<size_t>(language)];
}

}  // namespace

Language LanguageOf(absl::string_view code) {
  return code == "zh" ? Language::kChinese : Language::kEnglish;
}

absl::string_view LanguageCode(Language language) {
  return language == Language::kChinese ? "zh" : "en";
}

std::string AgeWords(absl::Duration age, Language language) {
  const bool chinese = language == Language::kChinese;
  const int64_t hours = std::max<int64_t>(0, absl::ToInt64Hours(age));
  if (hours == 0) return chinese ? "不到 1 小时" : "less than an hour";
  const bool in_days = hours >= 24;
  const int64_t count = in_days ? hours / 24 : hours;
  if (chinese) return absl::StrCat(count, in_days ? " 天" : " 小时");
  return absl::StrCat(count, in_days ? " day" : " hour", count == 1 ? "" : "s");
}

std::string WaitWords(absl::Duration age, int64_t working_days, bool calendar, Language language) {
  if (age < absl::Hours(24) || working_days < 1) return AgeWords(age, language);
  if (language == Language::kChinese) {
    return absl::StrCat(working_days, calendar ? " 个工作日" : " 天（不含周末）");
  }
  return absl::StrCat(working_days, calendar ? " working day" : " weekday",
                      working_days == 1 ? "" : "s");
}

std::string DateWords(absl::CivilDay day, absl::CivilDay today, Language language) {
  const bool other_year = day.year() != today.year();
  if (language == Language::kChinese) {
    return absl::StrCat(other_year ? absl::StrCat(day.year(), " 年 ") : "", day.month(), " 月 ",
                        day.day(), " 日");
  }
  return absl::StrCat(day.day(), " ", kMonths[static_cast<size_t>(day.month()) - 1],
                      other_year ? absl::StrCat(" ", day.year()) : "");
}

std::string WeekdayWords(absl::CivilDay day, absl::CivilDay today, Language language) {
  const std::string date = DateWords(day, today, language);
  const absl::string_view weekday =
      Pick(kWeekdays[static_cast<size_t>(absl::GetWeekday(day))], language);
  if (language == Language::kChinese) return absl::StrCat(date, "（", weekday, "）");
  return absl::StrCat(weekday, ", ", date);
}

std::string MoneyWords(int64_t amount, absl::string_view currency) {
  const std::string digits = absl::StrCat(amount);
  std::string out = absl::StrCat(currency, " ");
  for (size_t at = 0; at < digits.size(); ++at) {
    if (at > 0 && (digits.size() - at) % 3 == 0) out.push_back(',');
    out.push_back(digits[at]);
  }
  return out;
}

std::string DependantsWords(const Dependants& dependants, Language language) {
  if (dependants.count < 1) return "";
  const bool chinese = language == Language::kChinese;
  std::vector<std::string> keys;
  for (const std::string& key : dependants.keys) {
    if (keys.size() == kMaxKeys) break;
    keys.push_back(QuoteKey(key, kMaxKey));
  }
  std::string listed = absl::StrJoin(keys, chinese ? "、" : ", ");
  const bool all = keys.size() == static_cast<size_t>(dependants.count);
  if (!listed.empty() && !all) absl::StrAppend(&listed, chinese ? " 等" : " …");
  if (chinese) {
    return absl::StrCat(dependants.count, " 张单",
                        listed.empty() ? "" : absl::StrCat("（", listed, "）"));
  }
  return absl::StrCat(dependants.count, dependants.count == 1 ? " other ticket" : " other tickets",
                      listed.empty() ? "" : absl::StrCat(" (", listed, ")"));
}

std::string PartyWords(absl::string_view words) {
  for (const absl::string_view article : {"The ", "Our ", "Your ", "My ", "A ", "An "}) {
    if (!absl::StartsWith(words, article)) continue;
    return absl::StrCat(absl::AsciiStrToLower(article), words.substr(article.size()));
  }
  return std::string(words);
}

absl::string_view PriorityWords(Priority priority, Language language) {
  return Pick(kPriorities[static_cast<size_t>(priority)], language);
}

absl::string_view CategoryWords(Category category, Language language) {
  return Pick(kCategories[static_cast<size_t>(category)], language);
}

absl::string_view ReasonWords(Reason reason, Language language) {
  return Pick(kReasons[static_cast<size_t>(reason)], language);
}

std::string StandingWords(const Standing& standing, Language language) {
  const bool chinese = language == Language::kChinese;
  if (!standing.held_by.empty()) {
    const std::string key = QuoteKey(standing.held_by, kMaxKey);
    return chinese
               ? absl::StrCat("暂缓：本工单依赖 ", key, "，催办先针对它；它结束或链接移除后继续。")
               : absl::StrCat("Held back: it hangs on ", key,
                              ", which is told about instead; goes on when that is over or the "
                              "link is gone.");
  }
  const RootWeight& weight = standing.weight;
  if (weight.tickets == 0) return "";
  const std::optional<double> cost = CostOf(weight, standing.daily_cost);
  const std::string price = cost.has_value() ? absl::StrCat(std::llround(*cost)) : "";
  if (chinese) {
    return absl::StrCat(
        standing.root.empty()
            ? std::string()
            : absl::StrCat("它依赖 ", QuoteKey(standing.root, kMaxKey), "（未结束，原因不明）。"),
        "共有 ", weight.tickets, " 个工单依赖", standing.root.empty() ? "本工单" : "它", "，其中 ",
        weight.stuck, " 个卡住，合计 ", AgeWords(weight.blocked, language),
        price.empty() ? "" : absl::StrCat("，成本约 ", price), "。");
  }
  return absl::StrCat(standing.root.empty()
                          ? std::string()
                          : absl::StrCat("It hangs on ", QuoteKey(standing.root, kMaxKey),
                                         ", which is open and not known to be stuck. "),
                      weight.tickets, weight.tickets == 1 ? " ticket hangs" : " tickets hang",
                      " on ", standing.root.empty() ? "it" : "that", ", ", weight.stuck,
                      " of them stuck, for ", AgeWords(weight.blocked, language), " in all",
                      price.empty() ? "" : absl::StrCat(", at a cost of about ", price), ".");
}

}  // namespace clearway
