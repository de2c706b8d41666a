#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "grpcpp/support/server_callback.h"

#include "clearway/v1/escalation_service.pb.h"
#include "service/base/log.h"
#include "service/domain/escalation.h"
#include "service/server/broadcast.h"
#include "service/server/executor.h"
#include "service/server/status_util.h"
#include "service/store/store.h"

namespace clearway {

// One WatchEscalations call. Woken by commits, it reads what is new on the executor and writes it
// one by one; a slow client holds up nobody but itself. Deletes itself.
class EscalationWatch final : public grpc::ServerWriteReactor<v1::WatchEscalationsResponse> {
 public:
  struct Dependencies {
    Store& store;
    Executor& executor;
    Broadcast& new_escalations;
    DrainSignal& drain;
    Logger& log;
  };
  // `cursor` nullopt: from now on. All dependencies must outlive this.
  EscalationWatch(std::string tenant, std::optional<int64_t> cursor,
                  const Dependencies& dependencies);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // Changes the state under the lock, then starts or finishes what can be.
  void Do(absl::FunctionRef<void()> change);
  // The status to finish with, once, when nothing is left to do.
  std::optional<absl::Status> Step();
  void StartReading();
  // On the executor.
  void Read();
  void Stop(const absl::Status& why);

  const std::string tenant_;
  const Dependencies d_;

  std::mutex mutex_;
  // What was read reaches up to here; nullopt until it is known where the stream starts.
  std::optional<int64_t> read_up_to_;
  // To be written, oldest first; the first is being written while `writing_`.
  std::deque<v1::WatchEscalationsResponse> out_;
  // There may be something new in the store.
  bool stale_ = true;
  bool reading_ = false;
  bool writing_ = false;
  // Why it ends.
  std::optional<absl::Status> stopped_;
  bool finished_ = false;
  // Last, so that they end before what their callbacks use.
  Broadcast::Subscription on_new_;
  Broadcast::Subscription on_drain_;
};

// A call that is refused at once. Deletes itself.
class RefusedWatch final : public grpc::ServerWriteReactor<v1::WatchEscalationsResponse> {
 public:
  RefusedWatch(const absl::Status& why, Logger& log) { Finish(ToGrpcStatus(why, log)); }
  void OnDone() override { delete this; }
};

}  // namespace clearway
