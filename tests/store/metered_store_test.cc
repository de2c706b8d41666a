#include "service/store/metered_store.h"

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "prometheus/registry.h"

#include "service/store/sqlite/sqlite_store.h"
#include "tests/store/part_matchers.h"
#include "tests/store/samples.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

class MeteredStoreTest : public ::testing::Test {
 protected:
  MeteredStoreTest() {
    SqliteStore::Options options;
    options.path = ":memory:";
    store_ = std::make_unique<MeteredStore>(*SqliteStore::Open(options), "sqlite", registry_);
  }

  // Every series of the family, by operation: a histogram's count or a counter's value.
  std::map<std::string, double> Series(const std::string& family) {
    std::map<std::string, double> series;
    for (const prometheus::MetricFamily& collected : registry_.Collect()) {
      if (collected.name != family) continue;
      for (const prometheus::ClientMetric& metric : collected.metric) {
        std::map<std::string, std::string> labels;
        for (const auto& label : metric.label) labels[label.name] = label.value;
        EXPECT_EQ(labels["backend"], "sqlite");
        series[labels["operation"]] = collected.type == prometheus::MetricType::Histogram
                                          ? static_cast<double>(metric.histogram.sample_count)
                                          : metric.counter.value;
      }
    }
    return series;
  }
  std::map<std::string, double> Durations() {
    return Series("clearway_store_operation_duration_seconds");
  }
  std::map<std::string, double> Errors() { return Series("clearway_store_errors_total"); }

  prometheus::Registry registry_;
  std::unique_ptr<Store> store_;
};

TEST_F(MeteredStoreTest, EverySeriesIsThereFromTheStart) {
  EXPECT_EQ(Durations().size(), 22u);
  EXPECT_EQ(Errors().size(), 22u);
  for (const auto& [operation, count] : Durations()) EXPECT_EQ(count, 0) << operation;
  for (const auto& [operation, count] : Errors()) EXPECT_EQ(count, 0) << operation;
}

TEST_F(MeteredStoreTest, EveryOperationIsMeasuredOnceAndHandedOn) {
  int64_t id = 0;
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    id = tx.PutBlocker(OpenBlocker(Key())).value_or(0);
    return tx.PutTicket(Key(), FullTicket());
  }),
              IsOk());
  EXPECT_THAT(store_->CheckReady(), IsOk());
  EXPECT_THAT(store_->GetBlocker(kTenant, id), IsOk());
  EXPECT_THAT(store_->ListChanges(kTenant, id), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->ListBlockers(kTenant, {}, {}), IsOkAndHolds(RowsAre(::testing::SizeIs(1))));
  EXPECT_THAT(store_->GetTicket(Key()), IsOkAndHolds(::testing::Optional(FullTicket())));
  EXPECT_THAT(store_->ListEscalations(kTenant, 0, {}), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->EscalationsAfter(kTenant, 0, 1), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->LastEscalationId(), IsOkAndHolds(0));
  EXPECT_THAT(store_->DueBlockers(At(0), 1), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->CountOpenBlockers(), IsOkAndHolds(::testing::SizeIs(1)));
  int visited = 0;
  EXPECT_THAT(
      store_->VisitBlockers(kTenant, "", At(0), At(1), [&](const ReportedBlocker&) { ++visited; }),
      IsOk());
  EXPECT_EQ(visited, 1);
  EXPECT_THAT(store_->VisitSteps(kTenant, "", At(0), At(1), [](const TakenStep&) {}), IsOk());
  EXPECT_THAT(store_->ListFeedback(kTenant, absl::InfinitePast(), {}),
              IsOkAndHolds(RowsAre(::testing::IsEmpty())));
  EXPECT_THAT(store_->ReadLinks([](LinkReader&) { return absl::OkStatus(); }), IsOk());
  EXPECT_THAT(store_->ListTickets(kTenant, std::nullopt, 1), IsOkAndHolds(::testing::SizeIs(1)));
  EXPECT_THAT(store_->ListTicketsWithEvents(kTenant, At(0), std::nullopt, 1),
              IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->GetTicketFile(Key()), IsOkAndHolds(::testing::Ne(std::nullopt)));
  EXPECT_THAT(store_->CountTexts(Key(), TextEraser::OfStored(Erasure())), IsOk());
  EXPECT_THAT(store_->ListErasures(kTenant, {}), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->UnfinishedErasures(1), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(store_->Compact(), IsOk());
  for (const auto& [operation, count] : Durations()) EXPECT_EQ(count, 1) << operation;
  for (const auto& [operation, count] : Errors()) EXPECT_EQ(count, 0) << operation;
}

TEST_F(MeteredStoreTest, TheStoresFaultsAreCounted) {
  EXPECT_THAT(store_->Transact([](Transaction&) { return absl::UnavailableError("disk full"); }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Errors()["transact"], 1);
  EXPECT_EQ(Durations()["transact"], 1);
}

TEST_F(MeteredStoreTest, AnswersThatAreNoFaultsAreNotCounted) {
  EXPECT_THAT(store_->GetBlocker(kTenant, 7), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_->Transact([](Transaction&) { return absl::FailedPreconditionError("no"); }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  for (const auto& [operation, count] : Errors()) EXPECT_EQ(count, 0) << operation;
}

}  // namespace
}  // namespace clearway::testing
