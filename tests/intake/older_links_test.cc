#include "service/intake/older_links.h"

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/intake/roots_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Of back ends that an older version may have written.
class OlderTicketsTest : public RootsTest {
 protected:
  // As though all had been written before links were kept.
  void MakeOlder(const std::vector<std::string>& keys) {
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      for (const std::string& key : keys) {
        ASSIGN_OR_RETURN(std::optional<StoredTicket> ticket, tx.GetTicket(Scope().Of(key)));
        if (!ticket.has_value()) continue;
        ticket->links_kept = false;
        RETURN_IF_ERROR(tx.PutTicket(Scope().Of(key), *ticket));
      }
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_THAT(ground_->Execute("DELETE FROM dependencies; DELETE FROM link_changes; DELETE FROM "
                                 "hanging; DELETE FROM roots; DELETE FROM link_backfill; "
                                 "INSERT INTO link_backfill VALUES ('', '', '')"),
                IsOk());
  }
  static std::optional<UnlinkedTickets> Find(Store& store, int limit, int looked_at) {
    std::optional<UnlinkedTickets> found;
    EXPECT_THAT(store.ReadLinks([&](LinkReader& links) -> absl::Status {
      ASSIGN_OR_RETURN(found, links.FindUnlinked(limit, looked_at));
      return absl::OkStatus();
    }),
                IsOk());
    return found;
  }
  static LinkedTickets Link(Store& store, const UnlinkedTickets& found) {
    LinkedTickets linked;
    EXPECT_THAT(store.Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(linked, LinkOlderTickets(found, tx));
      return absl::OkStatus();
    }),
                IsOk());
    return linked;
  }
  // Some chain of five, C1 hanging on C2 and so on.
  std::vector<std::string> OlderChain() {
    std::vector<std::string> keys;
    for (int i = 1; i <= 5; ++i) {
      keys.push_back(absl::StrCat("C", i));
      Apply(
          Event(keys.back(), "waiting for [legal]", {{"is blocked by", absl::StrCat("C", i + 1)}}));
    }
    MakeOlder(keys);
    return keys;
  }
};
INSTANTIATE_TEST_SUITE_P(All, OlderTicketsTest, ::testing::ValuesIn(LastingBackends()),
                         BackendName);

TEST_P(OlderTicketsTest, TheyAreLinkedAsThoughLinksHadAlwaysBeenKept) {
  std::mt19937 random(19);
  const std::vector<std::string> keys = ManyKeys(14);
  for (int i = 0; i < 60; ++i) {
    Apply(AnyEvent(keys, &random));
    clock_.Advance(absl::Minutes(7));
  }
  Settle();
  const Picture before = AsKept(keys);
  ASSERT_THAT(before.hanging, Not(IsEmpty()));
  MakeOlder(keys);
  ASSERT_THAT(AsKept(keys).hanging, IsEmpty());
  for (;;) {
    const std::optional<UnlinkedTickets> found = Find(*store_, 2, 3);
    if (!found.has_value()) break;
    EXPECT_LE(found->tickets.size(), 2u);
    EXPECT_TRUE(Link(*store_, *found).ours);
  }
  Settle();
  const Picture after = AsKept(keys);
  EXPECT_EQ(after.hanging, before.hanging);
  EXPECT_EQ(after.roots, before.roots);
}

TEST_P(OlderTicketsTest, APassThatWasCutOffGoesOnWhereItWasAndEnds) {
  const std::vector<std::string> keys = OlderChain();
  EXPECT_EQ(Link(*store_, *Find(*store_, 2, 100)).tickets, 2u);
  const std::unique_ptr<Store> restarted = *ground_->Open();
  const std::optional<UnlinkedTickets> rest = Find(*restarted, 100, 100);
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(rest->after, Scope().Of("C2"));
  EXPECT_EQ(Link(*restarted, *rest).tickets, 3u);
  EXPECT_EQ(Find(*restarted, 100, 100), std::nullopt) << "no more is to be read at the next start";
  Settle();
  ExpectAsFromScratch({"C1", "C2", "C3", "C4", "C5", "C6"}, "in the end");
  EXPECT_THAT(AsKept(keys).hanging, SizeIs(5));
}

TEST_P(OlderTicketsTest, WhatAnotherReplicaLinkedIsNotLinkedAgain) {
  OlderChain();
  const std::unique_ptr<Store> other = *ground_->Open();
  const UnlinkedTickets found = *Find(*store_, 3, 100);
  EXPECT_EQ(Link(*other, found).tickets, 3u);
  const LinkedTickets late = Link(*store_, found);
  EXPECT_FALSE(late.ours);
  EXPECT_EQ(late.tickets, 0u);
  EXPECT_EQ(Find(*store_, 3, 100)->after, Scope().Of("C3"));
}

TEST_P(OlderTicketsTest, AnEventThatCameMeanwhileStands) {
  OlderChain();
  const UnlinkedTickets found = *Find(*store_, 100, 100);
  Apply(Event("C1", "waiting for [legal]", {{"is blocked by", "X9"}}));
  EXPECT_EQ(Link(*store_, found).tickets, 4u);
  Settle();
  EXPECT_THAT(RootsOf("C1"), ElementsAre("X9"));
}

TEST_P(OlderTicketsTest, ATicketThatCannotBeReadHoldsUpNoOther) {
  OlderChain();
  EXPECT_THAT(ground_->Execute("UPDATE tickets SET state = 'x' WHERE ticket = 'C2'"), IsOk());
  const UnlinkedTickets found = *Find(*store_, 100, 100);
  EXPECT_THAT(found.tickets, SizeIs(4));
  EXPECT_EQ(Link(*store_, found).tickets, 4u);
  EXPECT_EQ(Find(*store_, 100, 100), std::nullopt) << "the pass ends";
}

TEST_P(OlderTicketsTest, ANewStoreHasNothingToLink) {
  EXPECT_EQ(Find(*store_, 100, 100), std::nullopt);
  Apply(Event("C1", "all fine", {{"is blocked by", "C2"}}));
  EXPECT_EQ(Find(*ground_->Open().value(), 100, 100), std::nullopt);
}

}  // namespace
}  // namespace clearway::testing
