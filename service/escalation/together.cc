#include "service/escalation/together.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

#include "service/escalation/quote.h"
#include "service/escalation/wording.h"

namespace clearway {
namespace {

// A message is read, a list of hundreds is not; the members hold them all.
constexpr size_t kMaxListed = 20;
constexpr size_t kMaxKey = 80;
constexpr size_t kMaxTitle = 120;

std::string List(const std::vector<Escalation>& steps, const std::vector<std::string>& titles,
                 Language language) {
  const bool chinese = language == Language::kChinese;
  const size_t others = steps.size() - 1;
  std::string list =
      chinese ? absl::StrCat("\n\n另有 ", others, " 张工单也在等待：")
              : absl::StrCat("\n\n", others, " more ",
                             others == 1 ? "ticket waits" : "tickets wait", " for the same:");
  for (size_t i = 1; i < std::min(steps.size(), kMaxListed + 1); ++i) {
    absl::StrAppend(&list, "\n- ", QuoteKey(steps[i].ticket.key, kMaxKey));
    const std::string title = Quote(titles[i], kMaxTitle);
    if (!title.empty()) absl::StrAppend(&list, chinese ? "：" : ": ", title);
  }
  if (others > kMaxListed) {
    const size_t more = others - kMaxListed;
    absl::StrAppend(&list, chinese ? absl::StrCat("\n- 等，另有 ", more, " 张")
                                   : absl::StrCat("\n- and ", more, " more"));
  }
  return list;
}

}  // namespace

Escalation ToldTogether(const std::vector<Escalation>& steps,
                        const std::vector<std::string>& titles) {
  Escalation message = steps.front();
  if (steps.size() == 1) return message;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Escalation& step = steps[i];
    message.members.push_back({step.blocker_id, step.ticket, titles[i], step.level, step.due_time});
  }
  absl::StrAppend(&message.draft_message, List(steps, titles, LanguageOf(message.language)));
  return message;
}

}  // namespace clearway
