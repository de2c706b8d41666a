#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "service/store/store.h"
#include "tests/store/conformance/backends.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace clearway::testing {

// What every back end must do. Each topic is a suite of its own, derived from this.
class StoreConformanceTest : public ::testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    ground_ = GetParam().make_ground(dir_.path());
    absl::StatusOr<std::unique_ptr<Store>> opened = ground_->Open();
    ASSERT_THAT(opened, IsOk());
    store_ = *std::move(opened);
  }

  Store& store() { return *store_; }

  // Commits one thing that must succeed; the id given or kept.
  int64_t Put(const Blocker& blocker);
  int64_t Put(const Escalation& escalation);
  void Put(const TicketKey& key, const StoredTicket& ticket);
  void Put(const Feedback& feedback);
  void Put(const TakenStep& step);
  void Append(const std::string& tenant, int64_t blocker_id, const BlockerChange& change);

  // The filter must be a good one.
  Part<Blocker> ListPart(const std::string& filter, const Page& page);
  // Ids of a page, in its order.
  std::vector<int64_t> List(const std::string& filter, const Page& page = {});

 private:
  TempDir dir_;
  std::unique_ptr<Ground> ground_;
  std::unique_ptr<Store> store_;
};

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): gtest registers by macro.
#define CLEARWAY_ALL_BACKENDS(suite) \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(Backends()), BackendName)

}  // namespace clearway::testing
