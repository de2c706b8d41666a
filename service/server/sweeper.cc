#include "service/server/sweeper.h"

#include <algorithm>
#include <latch>
#include <memory>
#include <utility>

#include "service/base/status_macros.h"
#include "service/domain/schedule.h"
#include "service/store/filter.h"

namespace clearway {
namespace {

constexpr int kBatch = 100;

double UrgencyByAge(const Blocker& blocker, absl::Time now) {
  return Urgency(blocker.priority, absl::FDivDuration(now - blocker.spell_time, absl::Hours(24)));
}

}  // namespace

Sweeper::Sweeper(const Dependencies& dependencies, absl::Duration interval)
    : d_(dependencies), interval_(interval), thread_([this] { Run(); }) {}

Sweeper::~Sweeper() { Stop(); }

void Sweeper::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Sweeper::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

void Sweeper::Run() {
  while (!stopping()) {
    const absl::Status swept = Sweep();
    d_.escalations.SweepDone(swept.ok());
    if (!swept.ok()) {
      d_.log.Warning("a sweep failed; the next one tries again", {{"error", swept.ToString()}});
    }
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, absl::ToChronoNanoseconds(interval_), [this] { return stopping_; });
  }
}

absl::Status Sweeper::Sweep() {
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

absl::Status Sweeper::Replan() {
  const std::lock_guard<std::mutex> one_at_a_time(replanning_);
  std::shared_ptr<const Planner> planner = d_.planners.Get();
  if (planner == planned_) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Filter lasting, ParseFilter("NOT state = RESOLVED"));
  absl::Status first_failure;
  for (const std::string& tenant : d_.tenants.names()) {
    Page page{.size = kBatch, .before_id = std::nullopt};
    while (!stopping()) {
      ASSIGN_OR_RETURN(const std::vector<Blocker> blockers,
                       d_.store.ListBlockers(tenant, lasting, page));
      if (blockers.empty()) break;
      CommitSteps(blockers, &first_failure);
      page.before_id = blockers.back().id;
    }
  }
  if (first_failure.ok() && !stopping()) planned_ = std::move(planner);
  return first_failure;
}

absl::Status Sweeper::SettleLinks() {
  absl::Status first_failure;
  for (bool more = true; more && !stopping();) {
    ASSIGN_OR_RETURN(const SettledLinks settled, d_.links.SettleAll());
    CommitSteps(settled.woken, &first_failure);
    more = settled.worked;
  }
  return first_failure;
}

absl::Status Sweeper::TakeDueSteps() {
  absl::Status first_failure;
  // A blocker that was looked at is not due any more, so this comes to an end. One that cannot be
  // written holds up nobody else.
  for (size_t done = 1; done > 0 && !stopping();) {
    const absl::Time now = d_.clock.Now();
    ASSIGN_OR_RETURN(std::vector<Blocker> due, d_.store.DueBlockers(now, kBatch));
    // Where a recipient's limit lets only some through, those go first that matter most.
    std::stable_sort(due.begin(), due.end(), [now](const Blocker& a, const Blocker& b) {
      return UrgencyByAge(a, now) > UrgencyByAge(b, now);
    });
    done = CommitSteps(due, &first_failure);
  }
  return first_failure;
}

size_t Sweeper::CommitSteps(const std::vector<Blocker>& due, absl::Status* first_failure) {
  struct Job {
    std::vector<Escalation> steps;
    absl::Status status;
  };
  std::vector<Job> jobs(due.size());
  std::latch pending(static_cast<std::ptrdiff_t>(due.size()));
  for (size_t i = 0; i < due.size(); ++i) {
    const Blocker& blocker = due[i];
    Job& job = jobs[i];
    d_.commits.Submit(
        nullptr,
        [this, &blocker, &job](Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(job.steps,
                           d_.intake.TakeDueSteps(blocker.ticket.tenant, blocker.id, tx));
          return absl::OkStatus();
        },
        [&job, &pending](absl::Status status) {
          job.status = std::move(status);
          pending.count_down();
        },
        Touch{blocker.ticket, /*event_id=*/""});
  }
  pending.wait();
  size_t done = 0;
  for (const Job& job : jobs) {
    first_failure->Update(job.status);
    if (!job.status.ok()) continue;
    d_.after_commit.StepsTaken(job.steps);
    ++done;
  }
  return done;
}

}  // namespace clearway
