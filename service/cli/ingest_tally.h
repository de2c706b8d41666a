#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "absl/status/status.h"

#include "clearway/v1/ticket_event_service.pb.h"
#include "service/cli/terminal.h"

namespace clearway {

// Follows what was sent over a stream and what came back: answers come in the order of the events.
// Sent() may be called by one thread while another calls Answered().
class IngestTally {
 public:
  // `acks`: print one line of JSON for every answer, as it comes.
  IngestTally(const Terminal& terminal, bool acks) : terminal_(terminal), acks_(acks) {}

  // Before the event is handed to the stream. `place` is where it came from ("FILE:LINE").
  void Sent(std::string place);
  void Answered(const v1::StreamTicketEventsResponse& response);

  // Prints the sums. OK when every event was answered and taken in; else INVALID_ARGUMENT (some
  // were refused) or ABORTED (some have no answer, and from where on to send again).
  absl::Status Finish();

 private:
  std::string NextPlace();
  void PrintAck(const std::string& place, const v1::StreamTicketEventsResponse& response);

  const Terminal& terminal_;
  const bool acks_;
  std::mutex mutex_;
  // Of the events sent and not answered.
  std::deque<std::string> places_;
  int64_t sent_ = 0;
  int64_t applied_ = 0;
  int64_t duplicate_ = 0;
  int64_t stale_ = 0;
  int64_t refused_ = 0;
  int64_t blocked_ = 0;
};

}  // namespace clearway
