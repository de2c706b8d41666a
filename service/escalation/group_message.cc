#include "service/escalation/group_message.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace clearway {

std::string GroupMessage(std::vector<GroupItem> items, const SharedTexts& texts,
                         TemplateFacts common, Language language) {
  if (items.empty()) return "";
  std::stable_sort(items.begin(), items.end(), [](const GroupItem& a, const GroupItem& b) {
    return a.dependants != b.dependants ? a.dependants > b.dependants : a.urgency > b.urgency;
  });
  // Only of several does one say how many they are, and which one to begin with.
  if (items.size() > 1) {
    common.count = absl::StrCat(items.size());
    common.first = items.front().facts.ticket;
  }
  if (items.size() > kMaxGroupItems) {
    common.more = absl::StrCat(items.size() - kMaxGroupItems);
    items.resize(kMaxGroupItems);
  }
  std::vector<std::string> lines;
  const Template line(texts.group_item);
  for (const GroupItem& item : items) lines.push_back(line.Render(item.facts));
  lines.push_back(Template(texts.group_more).Render(common));
  std::vector<std::string> parts = {Template(texts.group_opening).Render(common), "",
                                    Template(texts.group_closing).Render(common)};
  lines.erase(std::remove(lines.begin(), lines.end(), ""), lines.end());
  parts[1] = absl::StrJoin(lines, "\n");
  parts.erase(std::remove(parts.begin(), parts.end(), ""), parts.end());
  return absl::StrJoin(parts, language == Language::kChinese ? "\n" : "\n\n");
}

}  // namespace clearway
