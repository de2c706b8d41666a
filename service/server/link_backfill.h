#pragma once

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"

#include "service/base/log.h"
#include "service/intake/older_links.h"
#include "service/server/after_commit.h"
#include "service/server/background_task.h"
#include "service/store/group_commit.h"
#include "service/store/store.h"

namespace clearway {

// Links the tickets that were last written before links were kept, behind the calls, in small
// transactions through the one writer. How far it came is in the store, so that it goes on after a
// restart, and several replicas share one pass. Once all are linked there is nothing to do.
class LinkBackfill {
 public:
  // All must outlive this.
  struct Dependencies {
    Store& store;
    GroupCommit& commits;
    const AfterCommit& after_commit;
    Logger& log;
  };
  // Begins at once, on a thread of its own.
  explicit LinkBackfill(const Dependencies& dependencies);

  // Lets the transaction under way end. May be called twice.
  void Stop() { task_.Stop(); }

 private:
  void Run();
  // nullopt: all are linked.
  absl::StatusOr<std::optional<LinkedTickets>> LinkSome();
  absl::StatusOr<LinkedTickets> Commit(const UnlinkedTickets& found);

  const Dependencies d_;
  BackgroundTask task_;
};

}  // namespace clearway
