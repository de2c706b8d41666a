#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

#include "service/base/log.h"
#include "service/server/broadcast.h"
#include "service/server/ingestor.h"

namespace clearway {

// One StreamTicketEvents call: events are committed as they come, several under way at a time, and
// answered in their order. Ends when the client has half-closed and everything is answered; when
// the server drains, what was read is answered and the stream ends with UNAVAILABLE. Deletes
// itself.
//
// Messages are parsed here, not by gRPC: to that, one that is no valid message, for a string that
// is not UTF-8 say, looks like the stream's good end.
class EventStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Events under way before reading pauses.
  static constexpr size_t kMaxEvents = 256;
  static constexpr size_t kMaxBytes = 8 << 20;

  EventStream(grpc::CallbackServerContext& context, const Ingestor& ingestor, DrainSignal& drain,
              Logger& log);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // An event under way, in the place of its answer.
  struct Slot {
    std::string event_id;
    grpc::ByteBuffer response;
    size_t bytes = 0;
    bool answered = false;
  };

  // Changes the state under the lock, then starts or finishes what can be.
  void Do(absl::FunctionRef<void()> change);
  // Starts what can be started. The status to finish with, once, when nothing is left to do.
  std::optional<grpc::Status> Step();
  void Ingest();
  void Answer(Slot* slot, const absl::StatusOr<IngestOutcome>& outcome);
  void PopAnswered();

  grpc::CallbackServerContext& context_;
  const Ingestor& ingestor_;
  Logger& log_;

  std::mutex mutex_;
  grpc::ByteBuffer request_;
  std::deque<Slot> slots_;
  size_t bytes_ = 0;
  bool reading_ = false;
  bool writing_ = false;
  // No more events come.
  bool closed_ = false;
  // Nobody reads the answers any more.
  bool broken_ = false;
  bool draining_ = false;
  bool finished_ = false;
  // Last, so that it ends before what its callback uses.
  Broadcast::Subscription on_drain_;
};

}  // namespace clearway
