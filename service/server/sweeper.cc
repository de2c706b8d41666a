#include "service/server/sweeper.h"

#include <algorithm>
#include <chrono>
#include <latch>
#include <memory>
#include <utility>

#include "service/base/status_macros.h"
#include "service/store/filter.h"

namespace clearway {
namespace {

constexpr int kBatch = 100;
// Looked through at a time: one message gathers from among so many.
constexpr int kMaxDue = 20'000;
// Clocks are set right by less all the time.
constexpr absl::Duration kPutBack = absl::Minutes(1);

}  // namespace

Sweeper::Sweeper(const Dependencies& dependencies, absl::Duration interval)
    : d_(dependencies),
      interval_(interval),
      subscription_(d_.steps_due.Subscribe([this] { task_.Wake(); })) {
  task_.Start([this] { Run(); });
}

void Sweeper::Run() {
  while (!task_.stopping()) {
    const absl::Status swept = Sweep();
    d_.escalations.SweepDone(swept.ok());
    Warn(swept);
    Wait();
  }
}

void Sweeper::Warn(const absl::Status& failed) const {
  if (failed.ok()) return;
  d_.log.Warning("a sweep failed; the next one tries again", {{"error", failed.ToString()}});
}

void Sweeper::Wait() {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(interval_);
  while (task_.PauseUntil(end) == BackgroundTask::Pause::kWoken) {
    const std::lock_guard<std::mutex> one(sweeping_);
    Warn(TakeDueSteps());
  }
}

absl::Status Sweeper::Sweep() {
  const std::lock_guard<std::mutex> one(sweeping_);
  MindTheClock();
  absl::Status taken = SettleLinks();
  taken.Update(Replan());
  taken.Update(TakeDueSteps());
  const absl::StatusOr<std::vector<OpenBlockerCount>> open = d_.store.CountOpenBlockers();
  if (open.ok()) d_.blockers.SetOpen(*open);
  absl::Status status = taken;
  status.Update(open.status());
  status.Update(WakeWatchers());
  return status;
}

absl::Status Sweeper::WakeWatchers() {
  ASSIGN_OR_RETURN(const int64_t last, d_.store.LastEscalationId());
  if (last_escalation_.exchange(last) != last) d_.after_commit.TakenElsewhere();
  return absl::OkStatus();
}

void Sweeper::MindTheClock() {
  const std::lock_guard<std::mutex> one_at_a_time(replanning_);
  const absl::Time now = d_.clock.Now();
  if (now < latest_ - kPutBack) {
    d_.log.Warning("the clock was put back; due times are worked out anew",
                   {{"by", absl::FormatDuration(latest_ - now)}});
    planned_ = nullptr;
    latest_ = now;
  }
  latest_ = std::max(latest_, now);
}

absl::Status Sweeper::Replan() {
  const std::lock_guard<std::mutex> one_at_a_time(replanning_);
  std::shared_ptr<const Planner> planner = d_.planners.Get();
  if (planner == planned_) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Filter lasting, ParseFilter("NOT state = RESOLVED"));
  absl::Status first_failure;
  for (const std::string& tenant : d_.tenants.names()) {
    Page page{.size = kBatch, .before_id = std::nullopt};
    for (bool more = true; more && !task_.stopping();) {
      ASSIGN_OR_RETURN(const Part<Blocker> part, d_.store.ListBlockers(tenant, lasting, page));
      std::vector<Piece> pieces;
      for (const Blocker& blocker : part.rows) pieces.push_back(RescheduleOf(blocker));
      Commit(std::move(pieces), &first_failure);
      page.before_id = part.next_before_id;
      more = page.before_id.has_value();
    }
  }
  if (first_failure.ok() && !task_.stopping()) planned_ = std::move(planner);
  return first_failure;
}

absl::Status Sweeper::SettleLinks() {
  absl::Status first_failure;
  for (bool more = true; more && !task_.stopping();) {
    ASSIGN_OR_RETURN(const SettledLinks settled, d_.links.SettleAll());
    // They are due then, and told with what else is.
    std::vector<Piece> pieces;
    for (const Blocker& woken : settled.woken) pieces.push_back(RescheduleOf(woken));
    Commit(std::move(pieces), &first_failure);
    more = settled.worked;
  }
  return first_failure;
}

absl::StatusOr<std::vector<DueBlocker>> Sweeper::FindDue(absl::Time now) {
  const std::shared_ptr<const Planner> planner = d_.planners.Get();
  ASSIGN_OR_RETURN(const std::vector<Blocker> blockers, d_.store.DueBlockers(now, kMaxDue));
  std::vector<DueBlocker> due;
  due.reserve(blockers.size());
  for (const Blocker& blocker : blockers) {
    if (task_.stopping()) break;
    DueBlocker& added = due.emplace_back(
        DueBlocker{blocker.id, blocker.ticket, "", 0, *blocker.next_escalation_time});
    // A ticket that cannot be read is the business of its own transaction.
    const absl::StatusOr<std::optional<StoredTicket>> ticket = d_.store.GetTicket(blocker.ticket);
    if (!ticket.ok() || !ticket->has_value()) continue;
    std::optional<DueStep> step = planner->Due(blocker, (*ticket)->state.ticket, now);
    if (step.has_value()) added.group = std::move(step->group);
    added.urgency = planner->UrgencyOf(blocker, (*ticket)->state.ticket, now);
  }
  return due;
}

absl::Status Sweeper::TakeDueSteps() {
  absl::Status first_failure;
  // A blocker that was looked at is not due any more, so this comes to an end. One that cannot be
  // written holds up nobody else.
  for (size_t done = 1; done > 0 && !task_.stopping();) {
    const absl::Time now = d_.clock.Now();
    ASSIGN_OR_RETURN(std::vector<DueBlocker> due, FindDue(now));
    std::vector<DueMessage> messages = GatherDue(std::move(due), d_.pacing, now);
    done = 0;
    for (size_t begin = 0; begin < messages.size() && !task_.stopping(); begin += kBatch) {
      std::vector<Piece> pieces;
      for (size_t i = begin; i < std::min(messages.size(), begin + kBatch); ++i) {
        pieces.push_back(PieceOf(messages[i]));
      }
      done += Commit(std::move(pieces), &first_failure);
    }
  }
  return first_failure;
}

Sweeper::Piece Sweeper::RescheduleOf(const Blocker& blocker) const {
  auto work = [this, tenant = blocker.ticket.tenant, id = blocker.id](Transaction& tx) {
    return d_.intake.Reschedule(tenant, id, tx);
  };
  return {std::move(work), {Touch{blocker.ticket, /*event_id=*/""}}, [] {}};
}

Sweeper::Piece Sweeper::PieceOf(const DueMessage& message) const {
  const std::string& tenant = message.blockers.front().ticket.tenant;
  std::vector<int64_t> ids;
  std::vector<Touch> touches;
  for (const DueBlocker& blocker : message.blockers) {
    ids.push_back(blocker.id);
    touches.push_back({blocker.ticket, /*event_id=*/""});
  }
  const auto climbed = std::make_shared<Climbed>();
  auto work = [this, tenant, ids = std::move(ids), retry = message.retry,
               climbed](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(*climbed, d_.intake.TakeDueTogether(tenant, ids, retry, tx));
    return absl::OkStatus();
  };
  return {std::move(work), std::move(touches),
          [this, climbed] { d_.after_commit.StepsTaken(*climbed); }};
}

size_t Sweeper::Commit(std::vector<Piece> pieces, absl::Status* first_failure) {
  std::vector<absl::Status> statuses(pieces.size());
  std::latch pending(static_cast<std::ptrdiff_t>(pieces.size()));
  for (size_t i = 0; i < pieces.size(); ++i) {
    d_.commits.Submit(
        nullptr, std::move(pieces[i].work),
        [&status = statuses[i], &pending](absl::Status result) {
          status = std::move(result);
          pending.count_down();
        },
        std::move(pieces[i].touches));
  }
  pending.wait();
  size_t done = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    first_failure->Update(statuses[i]);
    if (!statuses[i].ok()) continue;
    pieces[i].committed();
    ++done;
  }
  return done;
}

}  // namespace clearway
