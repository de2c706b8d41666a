#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "service/domain/ticket_event.h"

struct ZSTD_CCtx_s;

namespace clearway {

// Between an event and the bytes it is kept as: clearway.v1.TicketEvent, compressed by zstd in a
// frame of its own. Thread-safe.

// INTERNAL when it is too large to be kept.
absl::StatusOr<std::string> PackEvent(const TicketEvent& event);

// The same of the message's own bytes, for many of them: what zstd works in is hundreds of KiB, and
// is kept from one event to the next, as often as events were ever packed at a time. Thread-safe.
class EventPacker {
 public:
  absl::StatusOr<std::string> Pack(absl::string_view plain) const;

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  using Context = std::unique_ptr<ZSTD_CCtx_s, Free>;
  Context Take() const;

  mutable std::mutex mutex_;
  mutable std::vector<Context> idle_;
};

// DATA_LOSS when the bytes are not what PackEvent wrote.
absl::StatusOr<TicketEvent> UnpackEvent(absl::string_view bytes);

}  // namespace clearway
