#include "service/server/due_messages.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace clearway {
namespace {

bool MoreUrgent(const DueBlocker& a, const DueBlocker& b) {
  return std::tie(b.urgency, a.due, a.id) < std::tie(a.urgency, b.due, b.id);
}

absl::Time RetryOf(size_t rank, const Pacing& pacing, absl::Time now) {
  const double minutes = pacing.per_minute <= 0 ? 0 : static_cast<double>(rank) / pacing.per_minute;
  return now + absl::Minutes(1) * std::max(1.0, minutes);
}

}  // namespace

std::vector<DueMessage> GatherDue(std::vector<DueBlocker> due, const Pacing& pacing,
                                  absl::Time now) {
  std::sort(due.begin(), due.end(), MoreUrgent);
  // What opens a message has its rank among the tenant's.
  struct Ranked {
    size_t rank = 0;
    DueMessage message;
  };
  std::vector<Ranked> ranked;
  std::map<std::string, size_t> ranks;
  // The message under way of each tenant and group.
  std::map<std::pair<std::string, std::string>, size_t> open;
  for (DueBlocker& blocker : due) {
    const std::pair key{blocker.ticket.tenant, blocker.group};
    const auto found = blocker.group.empty() ? open.end() : open.find(key);
    if (found != open.end() && ranked[found->second].message.blockers.size() < kMaxTogether) {
      ranked[found->second].message.blockers.push_back(std::move(blocker));
      continue;
    }
    // What only has to be looked at takes nobody's turn.
    const size_t rank = blocker.group.empty() ? 0 : ranks[key.first]++;
    if (!blocker.group.empty()) open[key] = ranked.size();
    DueMessage& message = ranked.emplace_back(Ranked{rank, {}}).message;
    message.retry = RetryOf(rank, pacing, now);
    message.blockers.push_back(std::move(blocker));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  std::vector<DueMessage> messages;
  messages.reserve(ranked.size());
  for (Ranked& one : ranked) messages.push_back(std::move(one.message));
  return messages;
}

}  // namespace clearway
