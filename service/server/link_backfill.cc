#include "service/server/link_backfill.h"

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "service/base/status_macros.h"

namespace clearway {
namespace {

// Small enough that events do not feel it.
constexpr int kBatch = 100;
// Most of a store's tickets may be linked, and to look is cheaper than to write.
constexpr int kLookedAt = 1000;
// Before what failed, or what another replica is at, is looked at again.
constexpr absl::Duration kPause = absl::Seconds(5);

}  // namespace

LinkBackfill::LinkBackfill(const Dependencies& dependencies) : d_(dependencies) {
  task_.Start([this] { Run(); });
}

void LinkBackfill::Run() {
  size_t tickets = 0;
  bool begun = false;
  while (!task_.stopping()) {
    const absl::StatusOr<std::optional<LinkedTickets>> linked = LinkSome();
    if (!linked.ok()) {
      if (task_.stopping()) return;
      d_.log.Warning("older tickets could not be linked; it is tried again",
                     {{"error", linked.status().ToString()}});
      task_.PauseFor(kPause);
    } else if (!linked->has_value()) {
      if (begun) d_.log.Info("older tickets are linked", {{"tickets", absl::StrCat(tickets)}});
      return;
    } else if (!(*linked)->ours) {
      task_.PauseFor(kPause);
    } else {
      begun = true;
      tickets += (*linked)->tickets;
    }
  }
}

absl::StatusOr<std::optional<LinkedTickets>> LinkBackfill::LinkSome() {
  std::optional<UnlinkedTickets> found;
  RETURN_IF_ERROR(d_.store.ReadLinks([&found](LinkReader& links) -> absl::Status {
    ASSIGN_OR_RETURN(found, links.FindUnlinked(kBatch, kLookedAt));
    return absl::OkStatus();
  }));
  if (!found.has_value()) return std::optional<LinkedTickets>();
  ASSIGN_OR_RETURN(const LinkedTickets linked, Commit(*found));
  if (linked.links_changed) d_.after_commit.LinksChanged();
  return std::optional<LinkedTickets>(linked);
}

absl::StatusOr<LinkedTickets> LinkBackfill::Commit(const UnlinkedTickets& found) {
  std::vector<Touch> touches;
  for (const TicketKey& key : found.tickets) touches.push_back({key, /*event_id=*/""});
  LinkedTickets linked;
  const auto committed = std::make_shared<std::promise<absl::Status>>();
  d_.commits.Submit(
      nullptr,
      [&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(linked, LinkOlderTickets(found, tx));
        return absl::OkStatus();
      },
      [committed](absl::Status status) { committed->set_value(std::move(status)); },
      std::move(touches));
  RETURN_IF_ERROR(committed->get_future().get());
  return linked;
}

}  // namespace clearway
