#include "service/server/sweeper.h"

#include <latch>
#include <memory>
#include <utility>

#include "service/base/status_macros.h"

namespace clearway {
namespace {

constexpr int kBatch = 100;

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
  const absl::Status taken = TakeDueSteps();
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

absl::Status Sweeper::TakeDueSteps() {
  absl::Status first_failure;
  // A blocker that was looked at is not due any more, so this comes to an end. One that cannot be
  // written holds up nobody else.
  for (size_t done = 1; done > 0 && !stopping();) {
    ASSIGN_OR_RETURN(const std::vector<Blocker> due, d_.store.DueBlockers(d_.clock.Now(), kBatch));
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
