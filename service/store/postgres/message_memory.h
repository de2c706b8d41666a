#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "service/domain/schedule.h"
#include "service/store/postgres/connection.h"

namespace clearway {

// What a tenant's recipients were told of late, read once where every event of a batch asks for it.
// For transactions that hold the tenant's messages lock, which keeps it true.
class MessageMemory {
 public:
  // `connection` must outlive this.
  explicit MessageMemory(PgConnection& connection) : connection_(connection) {}

  // See Transaction.
  absl::StatusOr<int64_t> Count(const std::string& tenant, absl::Time since, absl::Time until);
  absl::StatusOr<std::vector<RecentMessage>> Recent(const std::string& tenant,
                                                    const std::string& recipient, absl::Time since,
                                                    absl::Time until, int limit);
  // To be called where one was added or changed.
  void Forget() { told_.clear(); }

 private:
  // All from a moment on, newest first.
  struct Told {
    absl::Time since;
    std::vector<RecentMessage> messages;
  };
  // nullptr: they are too many to be remembered.
  absl::StatusOr<const Told*> ToldSince(const std::string& tenant, const std::string& recipient,
                                        absl::Time since);

  PgConnection& connection_;
  // By tenant and recipient; "": whoever it was.
  std::map<std::tuple<std::string, std::string>, Told> told_;
};

}  // namespace clearway
