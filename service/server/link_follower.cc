#include "service/server/link_follower.h"

#include <latch>
#include <memory>
#include <utility>

#include "service/base/status_macros.h"

namespace clearway {
namespace {

// Enough for one transaction; the sweep comes back for the rest at once.
constexpr int kMostChanges = 10'000;

}  // namespace

LinkFollower::LinkFollower(GroupCommit& commits, const Intake& intake, LinkMetrics& metrics,
                           Broadcast& links_changed, Broadcast& steps_due)
    : commits_(commits),
      intake_(intake),
      metrics_(metrics),
      steps_due_(steps_due),
      subscription_(links_changed.Subscribe([this] { Notify(); })) {}

void LinkFollower::Notify() {
  again_ = true;
  if (under_way_.exchange(true)) return;
  Submit();
}

void LinkFollower::Submit() {
  again_ = false;
  const auto settled = std::make_shared<SettledLinks>();
  commits_.Submit(
      nullptr,
      [settled](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(*settled, SettleLinks({}, tx));
        return absl::OkStatus();
      },
      [this, settled](const absl::Status& status) {
        if (!status.ok()) {
          // The next sweep takes it.
          under_way_ = false;
          return;
        }
        metrics_.Settled(*settled);
        GoOn(settled->woken);
        if (settled->worked) {
          Submit();
          return;
        }
        under_way_ = false;
        if (again_ && !under_way_.exchange(true)) Submit();
      });
}

void LinkFollower::GoOn(const std::vector<Blocker>& woken) {
  const auto left = std::make_shared<std::atomic<size_t>>(woken.size());
  for (const Blocker& blocker : woken) {
    commits_.Submit(
        nullptr,
        [this, tenant = blocker.ticket.tenant, id = blocker.id](Transaction& tx) {
          return intake_.Reschedule(tenant, id, tx);
        },
        // One that could not be written is looked at again within the hour.
        [this, left](const absl::Status& /*status*/) {
          if (--*left == 0) steps_due_.Fire();
        },
        {Touch{blocker.ticket, /*event_id=*/""}});
  }
}

absl::StatusOr<SettledLinks> LinkFollower::SettleAll() {
  SettledLinks settled;
  absl::Status status;
  std::latch pending(1);
  commits_.Submit(
      nullptr,
      [&settled](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(settled, SettleLinks({.changes = kMostChanges, .put_off = true}, tx));
        return absl::OkStatus();
      },
      [&](absl::Status done) {
        status = std::move(done);
        pending.count_down();
      });
  pending.wait();
  RETURN_IF_ERROR(status);
  metrics_.Settled(settled);
  return settled;
}

}  // namespace clearway
