#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "clearway/v1/ticket_event_service.pb.h"

namespace grpc {
class Channel;
}

namespace clearway {

// The gateway's way to clearwayd. Thread-safe.
class ClearwaydClient {
 public:
  struct Options {
    // host:port; need not be up yet.
    std::string address;
    // For all events of one webhook together.
    absl::Duration ingest_timeout;
    // As many webhooks wait, within their time, for a clearwayd that is away, so that a restart
    // loses nothing of senders that never repeat; those beyond fail at once and leave threads for
    // the probes.
    int max_waiting = 1;
  };

  struct Ingested {
    // The answers, in the order of the events, of those taken in.
    std::vector<v1::IngestTicketEventResponse> answers;
    // The worst that befell: a passing fault before one that repeating cannot mend.
    absl::Status status;
  };

  explicit ClearwaydClient(const Options& options);

  // Sends the events one after the other. A passing fault ends it: a repeat brings the rest, and
  // those taken in before it do no harm twice.
  Ingested Ingest(std::vector<v1::TicketEvent> events);

  // Asks clearwayd's grpc.health.v1: UNAVAILABLE unless it answers SERVING within a second.
  absl::Status CheckServing();

 private:
  const Options options_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::TicketEventService::Stub> stub_;
  std::atomic<int> under_way_{0};
};

// What clearwayd says of an event that no repeating will mend.
bool IsPermanent(const absl::Status& status);

}  // namespace clearway
