#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"

#include "service/base/clock.h"
#include "service/base/log.h"
#include "service/server/executor.h"
#include "service/store/group_commit.h"

namespace clearway {

// How unary calls are run: reads on the executor, writes by group commit, each given up when the
// caller has gone or its time is over, each answered exactly once. Thread-safe.
class CallRunner {
 public:
  struct Options {
    // A call without a deadline, or with a later one, gets this one.
    absl::Duration max_deadline = absl::Seconds(30);
  };
  // All must outlive this, and this must outlive its calls.
  CallRunner(Executor& executor, GroupCommit& commits, const Clock& clock, Logger& log,
             const Options& options)
      : executor_(executor), commits_(commits), clock_(clock), log_(log), options_(options) {}

  // Answers on the spot.
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   const absl::Status& status) const;

  // Answers with what `work` returns; `work` may block.
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context,
                                 std::function<absl::Status()> work) const;

  // Commits `work`, which may be run more than once, then runs `committed` and answers; or answers
  // with the failure. `committed` must not block.
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* context, GroupCommit::Work work,
                                  std::function<void()> committed) const;

  // OK while the call is worth working for, else CANCELLED or DEADLINE_EXCEEDED. The context must
  // live while it is asked.
  GroupCommit::Precheck StillWanted(grpc::CallbackServerContext* context) const;

 private:
  Executor& executor_;
  GroupCommit& commits_;
  const Clock& clock_;
  Logger& log_;
  const Options options_;
};

}  // namespace clearway
