#pragma once

#include <atomic>
#include <utility>

#include "clearway/v1/replay_service.grpc.pb.h"
#include "service/server/replay_files.h"
#include "service/server/replay_stream.h"

namespace clearway {

class ReplayHandler final : public v1::ReplayService::CallbackService {
 public:
  struct Options {
    std::string folder;
    ReplayFiles::LoadModel load_model;
    ReplayFiles::LoadPolicy load_policy;
    absl::Duration reopen_window;
    ReviewPolicy review;
  };
  // All dependencies must outlive this.
  ReplayHandler(const ReplayStream::Dependencies& dependencies, Options options)
      : d_(dependencies),
        options_(std::move(options)),
        files_(options_.folder, options_.load_model, options_.load_policy) {}

  grpc::ServerWriteReactor<v1::ReplayTicketEventsResponse>* ReplayTicketEvents(
      grpc::CallbackServerContext* context, const v1::ReplayTicketEventsRequest* request) override;

 private:
  const ReplayStream::Dependencies d_;
  const Options options_;
  const ReplayFiles files_;
  // One at a time: it is much work, and two that write would show each other's doings.
  std::atomic<bool> running_{false};
};

}  // namespace clearway
