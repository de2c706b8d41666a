#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const LinkScope& Scope() {
  static const auto& scope = *new LinkScope{kTenant, "jira"};
  return scope;
}

class StoreLinksTest : public StoreConformanceTest {
 protected:
  void Do(absl::FunctionRef<absl::Status(Links&)> work) {
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(Links* const links, tx.links());
      return work(*links);
    }),
                IsOk());
  }
  void PutOwn(const std::string& ticket, const std::set<Dependency>& removed,
              const std::set<Dependency>& added) {
    Do([&](Links& links) { return links.PutDependencies(Key(ticket), removed, added); });
  }
  template <typename T, typename Call>
  std::vector<T> Read(Call call) {
    std::vector<T> rows;
    EXPECT_THAT(store().ReadLinks([&](LinkReader& links) -> absl::Status {
      ASSIGN_OR_RETURN(rows, call(links));
      return absl::OkStatus();
    }),
                IsOk());
    return rows;
  }
  std::vector<Dependency> HangsOn(const std::vector<std::string>& tickets) {
    return Read<Dependency>([&](LinkReader& links) { return links.HangsOn(Scope(), tickets); });
  }
  std::vector<Dependency> Holds(const std::vector<std::string>& tickets) {
    return Read<Dependency>([&](LinkReader& links) { return links.Holds(Scope(), tickets); });
  }
  std::vector<LinkedTicket> Tickets(const std::vector<std::string>& tickets) {
    return Read<LinkedTicket>([&](LinkReader& links) { return links.Tickets(Scope(), tickets); });
  }
  std::vector<Root> Heaviest(const RootQuery& query) {
    return Read<Root>([&](LinkReader& links) { return links.HeaviestRoots(query); });
  }
  bool IsLinked(const std::string& ticket) {
    bool linked = false;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(linked, tx.IsLinked(Key(ticket)));
      return absl::OkStatus();
    }),
                IsOk());
    return linked;
  }
  std::optional<LinkWork> Take(bool put_off, int limit) {
    std::optional<LinkWork> work;
    Do([&](Links& links) -> absl::Status {
      ASSIGN_OR_RETURN(work, links.TakeChanges(put_off, limit));
      return absl::OkStatus();
    });
    return work;
  }
};

TEST_P(StoreLinksTest, DependenciesAreFoundFromBothEnds) {
  PutOwn("A", {}, {{"A", "B", false}, {"A", "C", false}, {"D", "A", true}});
  EXPECT_THAT(HangsOn({"A", "D", "X"}),
              UnorderedElementsAre(Dependency{"A", "B", false}, Dependency{"A", "C", false},
                                   Dependency{"D", "A", true}));
  EXPECT_THAT(Holds({"A", "B"}),
              UnorderedElementsAre(Dependency{"D", "A", true}, Dependency{"A", "B", false}));
  for (const char* key : {"A", "B", "C", "D"}) EXPECT_TRUE(IsLinked(key)) << key;
  EXPECT_FALSE(IsLinked("X"));
}

TEST_P(StoreLinksTest, WhatBothTellIsOnePairUntilNeitherDoes) {
  PutOwn("A", {}, {{"A", "B", false}});
  PutOwn("B", {}, {{"A", "B", true}});
  EXPECT_THAT(HangsOn({"A"}), SizeIs(1));
  PutOwn("A", {{"A", "B", false}}, {});
  EXPECT_THAT(HangsOn({"A"}), ElementsAre(Dependency{"A", "B", true}));
  PutOwn("B", {{"A", "B", true}}, {});
  EXPECT_THAT(HangsOn({"A"}), IsEmpty());
  EXPECT_FALSE(IsLinked("A"));
}

TEST_P(StoreLinksTest, RepeatingAWriteChangesNothing) {
  for (int i = 0; i < 2; ++i) PutOwn("A", {{"A", "X", false}}, {{"A", "B", false}});
  EXPECT_THAT(HangsOn({"A"}), ElementsAre(Dependency{"A", "B", false}));
}

TEST_P(StoreLinksTest, TenantsAndSourcesAreApart) {
  PutOwn("A", {}, {{"A", "B", false}});
  const auto other = [&](const LinkScope& scope) {
    return Read<Dependency>([&](LinkReader& links) { return links.HangsOn(scope, {"A"}); });
  };
  EXPECT_THAT(other({kOtherTenant, "jira"}), IsEmpty());
  EXPECT_THAT(other({kTenant, "github"}), IsEmpty());
}

TEST_P(StoreLinksTest, ATransactionSeesTheLinksItWrote) {
  EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
    EXPECT_THAT(tx.Expect({{Key("A"), "e1"}, {Key("B"), "e2"}}), IsOk());
    EXPECT_THAT(tx.IsLinked(Key("A")), IsOkAndHolds(false));
    EXPECT_THAT(tx.IsLinked(Key("B")), IsOkAndHolds(false));
    StoredTicket ended = FullTicket();
    ended.state.ticket.done = true;
    EXPECT_THAT(tx.PutTicket(Key("B"), ended), IsOk());
    ASSIGN_OR_RETURN(Links* const links, tx.links());
    EXPECT_THAT(links->PutDependencies(Key("A"), {}, {{"A", "B", false}}), IsOk());
    EXPECT_THAT(tx.IsLinked(Key("A")), IsOkAndHolds(true));
    EXPECT_THAT(tx.IsLinked(Key("B")), IsOkAndHolds(true));
    EXPECT_THAT(links->HangsOn(Scope(), {"A"}), IsOkAndHolds(SizeIs(1)));
    ASSIGN_OR_RETURN(const std::vector<LinkedTicket> tickets, links->Tickets(Scope(), {"B"}));
    EXPECT_TRUE(tickets.at(0).over);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(StoreLinksTest, OfTicketsIsToldWhatIsKnown) {
  StoredTicket moving = FullTicket();
  moving.state.ticket.done = false;
  moving.state.deleted = false;
  moving.state.ticket.project = "PAY";
  Put(Key("A"), moving);
  StoredTicket ended = moving;
  ended.state.ticket.done = true;
  Put(Key("B"), ended);
  Blocker blocker = OpenBlocker(Key("A"), At(50));
  blocker.past_spells = {{At(0), At(10)}, {At(20), At(25)}};
  blocker.id = Put(blocker);
  Put(Resolved(OpenBlocker(Key("B")), At(9)));
  const std::vector<LinkedTicket> found = Tickets({"B", "X", "A"});
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_TRUE(found[0].known);
  EXPECT_TRUE(found[0].over);
  EXPECT_EQ(found[0].blocker_id, 0);
  EXPECT_EQ(found[1].ticket, "X");
  EXPECT_FALSE(found[1].known);
  EXPECT_FALSE(found[1].over);
  EXPECT_FALSE(found[2].over);
  EXPECT_EQ(found[2].project, "PAY");
  EXPECT_EQ(found[2].blocker_id, blocker.id);
  EXPECT_EQ(found[2].blocked(At(60)), absl::Seconds(25));
  EXPECT_EQ(BlockedSum::Of(found[2]).At(At(60)), absl::Seconds(25));
}

TEST_P(StoreLinksTest, AFewHundredTicketsAreAskedAboutAtOnce) {
  std::set<Dependency> many;
  std::vector<std::string> keys;
  for (int i = 0; i < 450; ++i) {
    keys.push_back(absl::StrCat("T", i));
    many.insert({keys.back(), "A", true});
  }
  PutOwn("A", {}, many);
  EXPECT_THAT(HangsOn(keys), SizeIs(450));
  EXPECT_THAT(Holds({"A"}), SizeIs(450));
  EXPECT_THAT(Tickets(keys), SizeIs(450));
}

TEST_P(StoreLinksTest, ChangesComeByScopeOldestFirstUntilForgotten) {
  Do([&](Links& links) -> absl::Status {
    RETURN_IF_ERROR(links.NoteChange(Key("A"), LinkChange::kLess));
    RETURN_IF_ERROR(links.NoteChange(Key("B", kOtherTenant), LinkChange::kMore));
    return links.NoteChange(Key("C"), LinkChange::kWeight);
  });
  std::optional<LinkWork> work = Take(false, 10);
  ASSERT_TRUE(work.has_value());
  EXPECT_EQ(work->scope, Scope());
  ASSERT_THAT(work->changes, SizeIs(2));
  EXPECT_EQ(work->changes[0].ticket, "A");
  EXPECT_EQ(work->changes[0].change, LinkChange::kLess);
  EXPECT_EQ(work->changes[1].change, LinkChange::kWeight);
  EXPECT_THAT(Take(false, 1)->changes, SizeIs(1));
  Do([&](Links& links) { return links.ForgetChanges(Scope(), work->changes); });
  work = Take(false, 10);
  ASSERT_TRUE(work.has_value());
  EXPECT_EQ(work->scope.tenant, kOtherTenant);
  Do([&](Links& links) { return links.ForgetChanges(work->scope, work->changes); });
  EXPECT_FALSE(Take(false, 10).has_value());
}

TEST_P(StoreLinksTest, WhatIsPutOffIsLeftToWhoAsksForIt) {
  Do([&](Links& links) { return links.NoteChange(Key("A"), LinkChange::kMore); });
  const std::optional<LinkWork> work = Take(false, 10);
  ASSERT_TRUE(work.has_value());
  Do([&](Links& links) { return links.PutOff(Scope(), work->changes[0]); });
  EXPECT_FALSE(Take(false, 10).has_value());
  EXPECT_TRUE(Take(true, 10).has_value());
  int pending = 0;
  EXPECT_THAT(store().ReadLinks([&](LinkReader& links) -> absl::Status {
    ASSIGN_OR_RETURN(pending, links.CountPending(kTenant, 100));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(pending, 1);
}

TEST_P(StoreLinksTest, WhatHangsOnARootComesCircleFirstThenTheLongestStuck) {
  const Hanging waiting{"R", "W", "PAY", false, {0, 0}};
  const Hanging longer{"R", "L", "PAY", false, {1, -100}};
  const Hanging shorter{"R", "S", "PAY", false, {1, -200}};
  const Hanging circle{"R", "Z", "PAY", true, {0, 0}};
  Do([&](Links& links) -> absl::Status {
    for (const Hanging& row : {waiting, shorter, longer, circle}) {
      RETURN_IF_ERROR(links.PutHanging(Scope(), row));
    }
    return links.PutHanging(Scope(), waiting);
  });
  const auto hanging = [&](int limit) {
    return Read<Hanging>([&](LinkReader& links) { return links.HangingOn(Scope(), "R", limit); });
  };
  EXPECT_THAT(hanging(10), ElementsAre(circle, longer, shorter, waiting));
  EXPECT_THAT(hanging(1), ElementsAre(circle));
  EXPECT_THAT(Read<Hanging>([&](LinkReader& links) {
                return links.RootsOf(Scope(), {"L", "X", "S"});
              }),
              UnorderedElementsAre(longer, shorter));
  Do([&](Links& links) { return links.RemoveHanging(Scope(), "R", "Z"); });
  EXPECT_THAT(hanging(10), ElementsAre(longer, shorter, waiting));
}

TEST_P(StoreLinksTest, RootsAddUpAndGoWithTheLastThatHangsOnThem) {
  const auto add = [&](const Root& root) {
    Do([&](Links& links) { return links.AddToRoot(Scope(), root); });
  };
  add({"jira", "R", 2, 0, {1, -5}});
  add({"jira", "R", 1, 3, {1, -7}});
  const auto roots = [&] {
    return Read<Root>([&](LinkReader& links) { return links.FindRoots(Scope(), {"R", "X"}); });
  };
  EXPECT_THAT(roots(), ElementsAre(Root{"jira", "R", 3, 3, {2, -12}}));
  add({"jira", "R", -3, 0, {-2, 12}});
  EXPECT_THAT(roots(), IsEmpty());
}

TEST_P(StoreLinksTest, TheHeaviestRootsComeFirstAndPagesGoOn) {
  const int64_t now = absl::ToUnixMillis(At(0));
  const std::vector<Root> roots = {{"jira", "R3", 1, 0, {1, 500 - now}},
                                   {"jira", "R1", 9, 0, {1, 400 - now}},
                                   {"github", "R2", 8, 0, {0, 0}},
                                   {"jira", "R2", 8, 0, {0, 0}},
                                   {"jira", "R4", 7, 0, {0, 0}}};
  Do([&](Links& links) -> absl::Status {
    for (const Root& root : roots) {
      RETURN_IF_ERROR(links.AddToRoot({kTenant, root.source}, root));
    }
    return links.AddToRoot({kOtherTenant, "jira"}, roots[0]);
  });
  RootQuery query;
  query.tenant = kTenant;
  query.time = At(0);
  EXPECT_THAT(Heaviest(query), ::testing::ElementsAreArray(roots));
  std::vector<Root> paged;
  query.limit = 2;
  for (std::vector<Root> page = Heaviest(query); !page.empty(); page = Heaviest(query)) {
    paged.insert(paged.end(), page.begin(), page.end());
    query.after = page.back();
    ASSERT_LE(paged.size(), roots.size());
  }
  EXPECT_EQ(paged, roots);
}

TEST_P(StoreLinksTest, RootsOfAProjectAreThoseItsTicketsHangOn) {
  Do([&](Links& links) -> absl::Status {
    RETURN_IF_ERROR(links.AddToRoot(Scope(), {"jira", "R1", 1, 0, {}}));
    RETURN_IF_ERROR(links.AddToRoot(Scope(), {"jira", "R2", 2, 0, {}}));
    RETURN_IF_ERROR(links.PutHanging(Scope(), {"R1", "A", "PAY", false, {}}));
    RETURN_IF_ERROR(links.PutHanging(Scope(), {"R2", "B", "LEG", false, {}}));
    return links.PutHanging(Scope(), {"R2", "C", "PAY", false, {}});
  });
  RootQuery query;
  query.tenant = kTenant;
  query.time = At(0);
  query.project = "LEG";
  EXPECT_THAT(Heaviest(query), ElementsAre(Root{"jira", "R2", 2, 0, {}}));
  query.project = "PAY";
  EXPECT_THAT(Heaviest(query), SizeIs(2));
  query.limit = 1;
  query.after = Root{"jira", "R2", 2, 0, {}};
  EXPECT_THAT(Heaviest(query), ElementsAre(Root{"jira", "R1", 1, 0, {}}));
  query.project = "NONE";
  EXPECT_THAT(Heaviest(query), IsEmpty());
}

TEST_P(StoreLinksTest, ADeletedTicketTakesItsOwnWordsWithItAndLeavesThoseOfOthers) {
  StoredTicket ended = FullTicket();
  ended.state.ticket.done = true;
  Put(Key("A"), ended);
  PutOwn("A", {}, {{"A", "B", false}, {"C", "A", true}});
  PutOwn("D", {}, {{"D", "A", false}});
  PutOwn("E", {}, {{"A", "E", true}});
  EXPECT_THAT(store().Transact([&](Transaction& tx) { return tx.DeleteTicket(Key("A")).status(); }),
              IsOk());
  EXPECT_THAT(HangsOn({"A", "C", "D"}),
              UnorderedElementsAre(Dependency{"D", "A", false}, Dependency{"A", "E", true}));
  const LinkedTicket left = Tickets({"A"}).front();
  EXPECT_FALSE(left.known);
  EXPECT_TRUE(left.over);
}

TEST_P(StoreLinksTest, WhetherADeletedTicketHadEndedIsKnownAsLongAsAnybodyNamesIt) {
  StoredTicket ended = FullTicket();
  ended.state.ticket.done = true;
  Put(Key("A"), ended);
  PutOwn("D", {}, {{"D", "A", false}});
  EXPECT_THAT(store().Transact([&](Transaction& tx) { return tx.DeleteTicket(Key("A")).status(); }),
              IsOk());
  PutOwn("E", {}, {{"A", "E", true}});
  PutOwn("D", {{"D", "A", false}}, {});
  EXPECT_TRUE(Tickets({"A"}).front().over);
  PutOwn("E", {{"A", "E", true}}, {});
  PutOwn("D", {}, {{"D", "A", false}});
  EXPECT_FALSE(Tickets({"A"}).front().over) << "as one that was never seen";
}

CLEARWAY_ALL_BACKENDS(StoreLinksTest);

}  // namespace
}  // namespace clearway::testing
