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

LinkFollower::LinkFollower(GroupCommit& commits, const Intake& intake,
                           const AfterCommit& after_commit, LinkMetrics& metrics,
                           Broadcast& links_changed)
    : commits_(commits),
      intake_(intake),
      after_commit_(after_commit),
      metrics_(metrics),
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
        for (const Blocker& woken : settled->woken) GoOn(woken);
        if (settled->worked) {
          Submit();
          return;
        }
        under_way_ = false;
        if (again_ && !under_way_.exchange(true)) Submit();
      });
}

void LinkFollower::GoOn(const Blocker& woken) {
  const auto climbed = std::make_shared<Climbed>();
  commits_.Submit(
      nullptr,
      [this, woken, climbed](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(*climbed, intake_.TakeDueSteps(woken.ticket.tenant, woken.id, tx));
        return absl::OkStatus();
      },
      [this, climbed](const absl::Status& status) {
        if (status.ok()) after_commit_.StepsTaken(*climbed);
      },
      {Touch{woken.ticket, /*event_id=*/""}});
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
