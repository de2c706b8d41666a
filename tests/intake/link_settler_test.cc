#include "service/intake/link_settler.h"

#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "tests/intake/roots_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;

TEST_P(RootsTest, ChangesWorkedOutOneByOneComeToWhatAllOfThemComeTo) {
  std::mt19937 random(11);
  const std::vector<std::string> keys = ManyKeys(14);
  size_t hanging = 0;
  for (int i = 0; i < 250; ++i) {
    Apply(AnyEvent(keys, &random));
    if (random() % 4 == 0) Delete(keys[random() % keys.size()]);
    clock_.Advance(absl::Minutes(random() % 100));
    // Sometimes several gather.
    if (random() % 3 == 0) continue;
    Settle();
    hanging += ExpectAsFromScratch(keys, absl::StrCat("after event ", i));
    if (HasFailure()) return;
  }
  EXPECT_GT(hanging, 0U);
}

TEST_P(RootsTest, WhatIsPutOffComesToTheSame) {
  std::mt19937 random(13);
  const std::vector<std::string> keys = ManyKeys(10);
  size_t hanging = 0;
  for (int i = 0; i < 60; ++i) {
    Apply(AnyEvent(keys, &random));
    Settle({.changes = 3, .tickets = 2});
    if (i % 5 != 4) continue;
    Settle({.changes = 100, .tickets = 2, .put_off = true});
    hanging += ExpectAsFromScratch(keys, absl::StrCat("after event ", i));
    if (HasFailure()) return;
  }
  EXPECT_GT(hanging, 0U);
}

// Of back ends that several programs may share.
class ReplicatedRootsTest : public RootsTest {};

std::vector<Backend> Shared() {
  std::vector<Backend> backends = Backends();
  std::erase_if(backends, [](const Backend& backend) { return backend.name != "Postgres"; });
  return backends;
}
INSTANTIATE_TEST_SUITE_P(All, ReplicatedRootsTest, ::testing::ValuesIn(Shared()), BackendName);

TEST_P(ReplicatedRootsTest, TwoReplicasComeToTheSame) {
  const std::vector<std::string> keys = ManyKeys(12);
  std::vector<std::vector<TicketEvent>> events(2);
  std::mt19937 random(17);
  for (int i = 0; i < 120; ++i)
    events[static_cast<size_t>(i % 2)].push_back(AnyEvent(keys, &random));
  std::vector<std::thread> replicas;
  for (const std::vector<TicketEvent>& own : events) {
    replicas.emplace_back([this, &own] {
      const std::unique_ptr<Store> store = *ground_->Open();
      for (const TicketEvent& event : own) {
        Apply(event, store.get());
        SettleOnce({}, store.get());
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  Settle();
  EXPECT_GT(ExpectAsFromScratch(keys, "in the end"), 0U);
}

TEST_P(RootsTest, AnUpdateLooksAtNoMoreThanHangsOnIt) {
  for (int i = 0; i < 50; ++i) {
    Apply(Event(absl::StrCat("P", 100 + i), "all fine", {{"is blocked by", "P1"}}));
  }
  Settle();
  Apply(Event("P100", "all fine", {{"is blocked by", "P1"}, {"is blocked by", "P2"}}));
  const SettledLinks settled = SettleOnce({});
  EXPECT_EQ(settled.tickets, 1U);
  EXPECT_EQ(settled.rows, 1U);
}

TEST_P(RootsTest, TenantsAndSourcesAreApart) {
  Apply(Event("P1", "all fine", {{"is blocked by", "P2"}}));
  TicketEvent of_another_tool = Done(Event("P2", "done"));
  of_another_tool.source = "github";
  Apply(of_another_tool);
  TicketEvent of_another_tenant = Done(Event("P2", "done"));
  of_another_tenant.tenant = "globex";
  Apply(of_another_tenant);
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P2"));
}

}  // namespace
}  // namespace clearway::testing
