#include "plugin-adapters/gateway/limits.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace clearway {
namespace {

constexpr size_t kMaxName = 256;
constexpr size_t kMaxTitle = 4 << 10;
constexpr size_t kMaxDescription = 1 << 20;
constexpr size_t kMaxCommentBody = 256 << 10;
constexpr size_t kMaxUrl = 2 << 10;
constexpr size_t kMaxLinkType = 128;
constexpr int kMaxLabels = 200;
constexpr int kMaxLinks = 1000;
constexpr size_t kMaxComments = 2000;
// All comments together; with the description well inside the 4 MiB that clearwayd takes by
// default.
constexpr size_t kMaxCommentBytes = 2 << 20;

class Fitter {
 public:
  explicit Fitter(v1::TicketEvent* event) : event_(*event), ticket_(*event->mutable_ticket()) {}

  int Run() {
    absl::StrReplaceAll({{"\r", " "}, {"\n", " "}}, ticket_.mutable_title());
    Cut(kMaxTitle, "…", ticket_.mutable_title());
    Cut(kMaxDescription, "\n[…]", ticket_.mutable_description());
    for (std::string* name :
         {ticket_.mutable_project(), ticket_.mutable_status(), ticket_.mutable_assignee(),
          ticket_.mutable_reporter(), event_.mutable_actor()}) {
      Cut(kMaxName, "…", name);
    }
    if (ticket_.url().size() > kMaxUrl) {
      ticket_.clear_url();
      ++cuts_;
    }
    FitLabels();
    FitLinks();
    FitComments();
    return cuts_;
  }

 private:
  void Cut(size_t limit, absl::string_view mark, std::string* text) {
    if (text->size() <= limit) return;
    size_t end = limit - mark.size();
    while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0) == 0x80) --end;
    text->resize(end);
    text->append(mark.data(), mark.size());
    ++cuts_;
  }

  template <typename Items, typename Unfit>
  void Drop(Items* items, const Unfit& unfit) {
    const auto kept = std::remove_if(items->begin(), items->end(), unfit);
    cuts_ += static_cast<int>(items->end() - kept);
    items->erase(kept, items->end());
  }

  template <typename Items>
  void Truncate(int count, Items* items) {
    if (items->size() <= count) return;
    cuts_ += items->size() - count;
    items->DeleteSubrange(count, items->size() - count);
  }

  void FitLabels() {
    auto* labels = ticket_.mutable_labels();
    Drop(labels, [](const std::string& label) { return label.empty(); });
    Truncate(kMaxLabels, labels);
    for (std::string& label : *labels) Cut(kMaxName, "…", &label);
  }

  void FitLinks() {
    auto* links = ticket_.mutable_links();
    Drop(links, [](const v1::TicketLink& link) {
      return link.type().empty() || link.key().empty() || link.key().size() > kMaxName;
    });
    Truncate(kMaxLinks, links);
    for (v1::TicketLink& link : *links) Cut(kMaxLinkType, "…", link.mutable_type());
  }

  void FitComments() {
    auto* comments = event_.mutable_comment_upserts();
    Drop(comments, [](const v1::Comment& comment) {
      return comment.id().empty() || comment.id().size() > kMaxName;
    });
    Drop(event_.mutable_deleted_comment_ids(),
         [](const std::string& id) { return id.empty() || id.size() > kMaxName; });
    for (v1::Comment& comment : *comments) {
      Cut(kMaxName, "…", comment.mutable_author());
      Cut(kMaxCommentBody, "\n[…]", comment.mutable_body());
    }
    KeepNewestComments();
  }

  void KeepNewestComments() {
    auto* comments = event_.mutable_comment_upserts();
    std::vector<int> newest_first(static_cast<size_t>(comments->size()));
    std::iota(newest_first.begin(), newest_first.end(), 0);
    // A comment without a time is as new as the event.
    const auto seconds = [&](int i) {
      const v1::Comment& comment = comments->Get(i);
      return comment.has_create_time() ? comment.create_time().seconds()
                                       : event_.event_time().seconds();
    };
    std::stable_sort(newest_first.begin(), newest_first.end(),
                     [&](int a, int b) { return seconds(a) > seconds(b); });
    std::vector<bool> kept(newest_first.size(), false);
    size_t count = 0;
    size_t bytes = 0;
    for (const int i : newest_first) {
      bytes += comments->Get(i).ByteSizeLong();
      if (++count > kMaxComments || bytes > kMaxCommentBytes) break;
      kept[static_cast<size_t>(i)] = true;
    }
    size_t i = 0;
    Drop(comments, [&](const v1::Comment&) { return !kept[i++]; });
  }

  v1::TicketEvent& event_;
  v1::Ticket& ticket_;
  int cuts_ = 0;
};

}  // namespace

absl::StatusOr<int> FitToLimits(v1::TicketEvent* event) {
  const std::string& key = event->ticket().key();
  if (key.empty() || key.size() > kMaxName) {
    return absl::InvalidArgumentError("the ticket's key must be 1 to 256 bytes long");
  }
  return Fitter(event).Run();
}

}  // namespace clearway
