#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "service/base/clock.h"
#include "service/domain/erasure.h"
#include "service/server/retention_metrics.h"
#include "service/store/group_commit.h"
#include "service/store/store.h"

namespace clearway {

// Takes texts out of the store: first the record, which keeps them from coming back, then ticket by
// ticket through the one writer. Blocks; thread-safe.
class Erasing {
 public:
  // All must outlive this.
  Erasing(Store& store, GroupCommit& commits, const Clock& clock, RetentionMetrics& metrics)
      : store_(store), commits_(commits), clock_(clock), metrics_(metrics) {}

  // `wanted` says of what kind, of which subject, who asks and why.
  // Returns the record when all is done. UNAVAILABLE after Stop; what was begun is then left to
  // Resume.
  absl::StatusOr<Erasure> Erase(Erasure wanted);

  // Goes on with what was begun and not ended, by this process or another.
  absl::Status Resume();

  // Lets those at work end early. What comes later is refused.
  void Stop() { stopped_ = true; }

  // One transaction by the writer, waited for. `ticket`: the one it is about.
  static absl::Status Commit(GroupCommit& commits, const GroupCommit::Work& work,
                             const std::optional<TicketKey>& ticket = std::nullopt);

 private:
  // The record must have been committed. Adds to its rows and marks it done.
  absl::Status Finish(const TextEraser& eraser, Erasure* erasure);
  absl::Status EraseTicket(const TicketKey& key, const TextEraser& eraser, bool last,
                           Erasure* erasure);
  absl::Status EraseAuthor(const TextEraser& eraser, Erasure* erasure);
  absl::Status Stopped() const;

  Store& store_;
  GroupCommit& commits_;
  const Clock& clock_;
  RetentionMetrics& metrics_;
  std::atomic<bool> stopped_{false};
};

}  // namespace clearway
