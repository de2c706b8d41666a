#include "tests/store/conformance/conformance.h"

#include <utility>

#include "absl/status/status.h"

#include "service/base/status_macros.h"
#include "tests/store/samples.h"

namespace clearway::testing {

int64_t StoreConformanceTest::Put(const Blocker& blocker) {
  int64_t id = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(id, tx.PutBlocker(blocker));
    return absl::OkStatus();
  }),
              IsOk());
  return id;
}

int64_t StoreConformanceTest::Put(const Escalation& escalation) {
  int64_t id = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(id, tx.InsertEscalation(escalation));
    return absl::OkStatus();
  }),
              IsOk());
  return id;
}

void StoreConformanceTest::Put(const TicketKey& key, const StoredTicket& ticket) {
  EXPECT_THAT(store_->Transact([&](Transaction& tx) { return tx.PutTicket(key, ticket); }), IsOk());
}

void StoreConformanceTest::Put(const Feedback& feedback) {
  EXPECT_THAT(store_->Transact([&](Transaction& tx) { return tx.InsertFeedback(feedback); }),
              IsOk());
}

void StoreConformanceTest::Put(const TakenStep& step) {
  EXPECT_THAT(store_->Transact([&](Transaction& tx) { return tx.InsertStep(step); }), IsOk());
}

void StoreConformanceTest::Append(const std::string& tenant, int64_t blocker_id,
                                  const BlockerChange& change) {
  EXPECT_THAT(store_->Transact(
                  [&](Transaction& tx) { return tx.AppendChange(tenant, blocker_id, change); }),
              IsOk());
}

Part<Blocker> StoreConformanceTest::ListPart(const std::string& filter, const Page& page) {
  const absl::StatusOr<Filter> parsed = ParseFilter(filter);
  EXPECT_THAT(parsed, IsOk()) << filter;
  if (!parsed.ok()) return {};
  absl::StatusOr<Part<Blocker>> part = store_->ListBlockers(kTenant, *parsed, page);
  EXPECT_THAT(part, IsOk()) << filter;
  return part.ok() ? *std::move(part) : Part<Blocker>();
}

std::vector<int64_t> StoreConformanceTest::List(const std::string& filter, const Page& page) {
  std::vector<int64_t> ids;
  for (const Blocker& blocker : ListPart(filter, page).rows) ids.push_back(blocker.id);
  return ids;
}

}  // namespace clearway::testing
