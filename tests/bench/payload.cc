#include "tests/bench/payload.h"

#include <array>

#include "absl/strings/string_view.h"

namespace clearway::bench {
namespace {

constexpr std::array<absl::string_view, 8> kSentences = {
    "The import runs through for the small plants, the two large ones stop at the material "
    "master. ",
    "Legal has had the draft since the 3rd and says it will look into it next week. ",
    "Retry logic is merged, the nightly run was green twice in a row. ",
    "Nobody on our side may open the firewall, the network team does that on Thursdays. ",
    "Steps: open the order, change the delivery date, save. The list still shows the old date. ",
    "接口文档已经给到对方，字段映射我们这边做完了，差一个验签的样例。",
    "预算批下来之前采购那边不下单，测试机先用旧的顶着。",
    "昨天晚上的发布没有问题，监控看了一夜都正常，今天可以收尾。",
};

constexpr std::array<absl::string_view, 4> kLastWords = {
    "Asked again this morning, still no date from the payments team, we cannot ship without it.",
    "Fixed in the branch, review is done, will be merged after lunch.",
    "权限还没开下来，这周又过去了，人都在等。",
    "已经上线了，验证没问题。",
};

}  // namespace

void FillTicket(int64_t number, int bytes, clearway::v1::Ticket* ticket) {
  auto at = static_cast<size_t>(number);
  ticket->set_title("Month-end close for the new plants");
  ticket->set_status("In Progress");
  ticket->set_project("bench");
  ticket->clear_comments();
  std::string* description = ticket->mutable_description();
  description->clear();
  const absl::string_view last_words = kLastWords[at % kLastWords.size()];
  while (static_cast<int>(description->size() + last_words.size()) < bytes) {
    const absl::string_view sentence = kSentences[at++ % kSentences.size()];
    description->append(sentence.data(), sentence.size());
  }
  v1::Comment* comment = ticket->add_comments();
  comment->set_author("dev");
  comment->set_body(last_words.data(), last_words.size());
}

}  // namespace clearway::bench
