#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/support/server_callback.h"

#include "clearway/v1/replay_service.pb.h"
#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/escalation/current_planner.h"
#include "service/intake/replay.h"
#include "service/server/after_commit.h"
#include "service/server/broadcast.h"
#include "service/server/executor.h"
#include "service/server/models.h"
#include "service/server/replay_files.h"
#include "service/server/replay_metrics.h"
#include "service/server/resource_names.h"
#include "service/store/group_commit.h"
#include "service/store/store.h"

namespace clearway {

// One ReplayTicketEvents call: a few tickets at a time are compared on the executor, and written by
// the one writer where that was asked for, then streamed; a slow client holds up nobody but itself.
// Deletes itself.
class ReplayStream final : public grpc::ServerWriteReactor<v1::ReplayTicketEventsResponse> {
 public:
  struct Dependencies {
    Store& store;
    GroupCommit& commits;
    const Models& models;
    const CurrentPlanner& planners;
    const Tenants& tenants;
    Executor& executor;
    const Clock& clock;
    const AfterCommit& after_commit;
    ReplayMetrics& metrics;
    DrainSignal& drain;
    Logger& log;
  };
  // What an accepted call is about.
  struct Order {
    std::string tenant;
    absl::Time since;
    std::string model_file;
    std::string policy_file;
    bool write = false;
    std::string actor;
    absl::Duration reopen_window;
    ReviewPolicy review;
  };
  // `running` is set, and is cleared at the end. All dependencies must outlive this.
  ReplayStream(Order order, const ReplayFiles& files, const Dependencies& dependencies,
               std::atomic<bool>& running);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // Changes the state under the lock, then starts or finishes what can be.
  void Do(absl::FunctionRef<void()> change);
  // The status to finish with, once, when nothing is left to do.
  std::optional<absl::Status> Step();
  void StartReading();
  // On the executor: the next few tickets. OK with nothing added: there are no more.
  absl::Status ReadOn(std::vector<v1::ReplayTicketEventsResponse>* found);
  absl::Status Prepare();
  absl::StatusOr<TicketDifference> One(const TicketKey& key);
  absl::StatusOr<TicketDifference> Write(const TicketKey& key, const std::vector<RawEvent>& events);
  void Stop(const absl::Status& why);

  const Order order_;
  const ReplayFiles& files_;
  const Dependencies d_;
  std::atomic<bool>& running_;

  // Of whoever reads, one at a time.
  std::unique_ptr<const Replay> replay_;
  std::optional<TicketKey> after_;
  v1::ReplaySummary summary_;
  bool at_end_ = false;

  std::mutex mutex_;
  // To be written; the first is being written while `writing_`.
  std::deque<v1::ReplayTicketEventsResponse> out_;
  bool reading_ = false;
  bool writing_ = false;
  bool all_read_ = false;
  // Why it ends.
  std::optional<absl::Status> stopped_;
  bool finished_ = false;
  // Last, so that it ends before what its callback uses.
  Broadcast::Subscription on_drain_;
};

// A call that is refused at once. Deletes itself.
class RefusedReplay final : public grpc::ServerWriteReactor<v1::ReplayTicketEventsResponse> {
 public:
  RefusedReplay(const absl::Status& why, Logger& log);
  void OnDone() override { delete this; }
};

}  // namespace clearway
