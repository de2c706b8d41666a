#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"

#include "service/base/status_macros.h"
#include "tests/store/conformance/conformance.h"
#include "tests/store/samples.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class StoreEscalationsTest : public StoreConformanceTest {
 protected:
  // Of a new blocker, `count` of them.
  std::vector<int64_t> PutMany(const TicketKey& ticket, int count) {
    const int64_t blocker = Put(OpenBlocker(ticket));
    std::vector<int64_t> ids;
    ids.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) ids.push_back(Put(FullEscalation(blocker, ticket)));
    return ids;
  }
};

auto HasId(int64_t id) { return Field("id", &Escalation::id, id); }

TEST_P(StoreEscalationsTest, EveryFieldComesBack) {
  Escalation escalation = FullEscalation(Put(OpenBlocker(Key())));
  escalation.id = 99;  // not looked at
  escalation.id = Put(escalation);
  EXPECT_THAT(store().ListEscalations(kTenant, 0, {}), IsOkAndHolds(ElementsAre(escalation)));
}

TEST_P(StoreEscalationsTest, AbsentValuesComeBackAbsent) {
  Escalation escalation;
  escalation.blocker_id = Put(OpenBlocker(Key()));
  escalation.ticket = Key();
  escalation.due_time = At(0);
  escalation.id = Put(escalation);
  EXPECT_THAT(store().ListEscalations(kTenant, 0, {}), IsOkAndHolds(ElementsAre(escalation)));
}

TEST_P(StoreEscalationsTest, PagesRunFromTheNewestToTheOldest) {
  const std::vector<int64_t> ids = PutMany(Key(), 3);
  EXPECT_THAT(store().ListEscalations(kTenant, 0, {2, std::nullopt}),
              IsOkAndHolds(ElementsAre(HasId(ids[2]), HasId(ids[1]))));
  EXPECT_THAT(store().ListEscalations(kTenant, 0, {2, ids[1]}),
              IsOkAndHolds(ElementsAre(HasId(ids[0]))));
  EXPECT_THAT(store().ListEscalations(kTenant, 0, {2, ids[0]}), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreEscalationsTest, ABlockersOwnAreTold) {
  const std::vector<int64_t> ids = PutMany(Key("PAY-1"), 2);
  const std::vector<int64_t> others = PutMany(Key("PAY-2"), 1);
  const int64_t blocker = store().ListEscalations(kTenant, 0, {})->back().blocker_id;
  EXPECT_THAT(store().ListEscalations(kTenant, blocker, {}),
              IsOkAndHolds(ElementsAre(HasId(ids[1]), HasId(ids[0]))));
  EXPECT_THAT(store().ListEscalations(kTenant, blocker, {1, ids[1]}),
              IsOkAndHolds(ElementsAre(HasId(ids[0]))));
  EXPECT_THAT(store().ListEscalations(kOtherTenant, blocker, {}), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreEscalationsTest, TheTailIsReadOldestFirst) {
  const std::vector<int64_t> ids = PutMany(Key(), 3);
  PutMany(Key("PAY-1", kOtherTenant), 1);
  EXPECT_THAT(store().EscalationsAfter(kTenant, 0, 10),
              IsOkAndHolds(ElementsAre(HasId(ids[0]), HasId(ids[1]), HasId(ids[2]))));
  EXPECT_THAT(store().EscalationsAfter(kTenant, ids[0], 1),
              IsOkAndHolds(ElementsAre(HasId(ids[1]))));
  EXPECT_THAT(store().EscalationsAfter(kTenant, ids[2], 10), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreEscalationsTest, TheLastIdIsThatOfAnyTenant) {
  EXPECT_THAT(store().LastEscalationId(), IsOkAndHolds(0));
  PutMany(Key(), 2);
  const std::vector<int64_t> others = PutMany(Key("PAY-1", kOtherTenant), 1);
  EXPECT_THAT(store().LastEscalationId(), IsOkAndHolds(others.back()));
}

TEST_P(StoreEscalationsTest, WhatWasSaidIsKnown) {
  const int64_t blocker = Put(OpenBlocker(Key()));
  const int64_t other = Put(OpenBlocker(Key("PAY-2")));
  const Escalation said = FullEscalation(blocker);
  Put(said);
  const auto has_said = [&](Escalation escalation, auto change) {
    change(escalation);
    bool answer = false;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(answer, tx.HasSaid(escalation));
      return absl::OkStatus();
    }),
                IsOk());
    return answer;
  };
  EXPECT_TRUE(has_said(said, [](Escalation& e) { e.level = 9; }));
  EXPECT_FALSE(has_said(said, [](Escalation& e) { e.draft_message += "."; }));
  EXPECT_FALSE(has_said(said, [](Escalation& e) { e.channel = "chat"; }));
  EXPECT_FALSE(has_said(said, [](Escalation& e) { e.recipient = "party/sales"; }));
  EXPECT_FALSE(has_said(said, [&](Escalation& e) { e.blocker_id = other; }));
  EXPECT_FALSE(has_said(said, [](Escalation& e) { e.ticket.tenant = kOtherTenant; }));
}

TEST_P(StoreEscalationsTest, ARecipientsMessagesAreToldNewestFirst) {
  const int64_t blocker = Put(OpenBlocker(Key()));
  const auto put = [&](int64_t at, const std::string& group, const std::string& recipient) {
    Escalation escalation = FullEscalation(blocker);
    escalation.create_time = At(at);
    escalation.group = group;
    escalation.recipient = recipient;
    Put(escalation);
  };
  put(10, "b", "party/legal");
  put(20, "a", "party/legal");
  put(30, "a", "party/legal");
  put(40, "", "party/legal");
  put(50, "", "party/sales");
  put(60, "", "");
  put(90, "", "party/legal");
  const auto recent = [&](const std::string& tenant, const std::string& recipient, int64_t since,
                          int limit) {
    std::vector<RecentMessage> messages;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(messages, tx.RecentMessages(tenant, recipient, At(since), At(60), limit));
      return absl::OkStatus();
    }),
                IsOk());
    return messages;
  };
  EXPECT_THAT(recent(kTenant, "party/legal", 10, 10),
              ElementsAre(RecentMessage{At(40), ""}, RecentMessage{At(30), "a"},
                          RecentMessage{At(20), "a"}, RecentMessage{At(10), "b"}));
  EXPECT_THAT(recent(kTenant, "party/legal", 11, 10), ::testing::SizeIs(3));
  EXPECT_THAT(recent(kTenant, "party/legal", 10, 1), ElementsAre(RecentMessage{At(40), ""}));
  EXPECT_THAT(recent(kTenant, "party/sales", 51, 10), IsEmpty());
  EXPECT_THAT(recent(kOtherTenant, "party/legal", 0, 10), IsEmpty());
}

TEST_P(StoreEscalationsTest, ATenantsMessagesOfAWhileAreCounted) {
  const int64_t blocker = Put(OpenBlocker(Key()));
  for (const int64_t at : {10, 20, 20, 30}) {
    Escalation escalation = FullEscalation(blocker);
    escalation.create_time = At(at);
    Put(escalation);
  }
  PutMany(Key("PAY-1", kOtherTenant), 1);
  const auto count = [&](int64_t since, int64_t until) {
    int64_t answer = -1;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.LockMessages(kTenant));
      ASSIGN_OR_RETURN(answer, tx.CountMessages(kTenant, At(since), At(until)));
      return absl::OkStatus();
    }),
                IsOk());
    return answer;
  };
  EXPECT_EQ(count(0, 100), 4);
  EXPECT_EQ(count(10, 20), 2) << "the begin is outside, the end within";
  EXPECT_EQ(count(30, 100), 0);
}

// Whatever was asked before in the same transaction, and under the lock or not.
TEST_P(StoreEscalationsTest, WhatATransactionTellsCountsInItsLaterAnswers) {
  const int64_t blocker = Put(OpenBlocker(Key()));
  Escalation escalation = FullEscalation(blocker);
  escalation.recipient = "party/legal";
  escalation.group = "a";
  for (const int64_t at : {10, 20}) {
    escalation.create_time = At(at);
    Put(escalation);
  }
  escalation.create_time = At(30);
  for (const bool locked : {false, true}) {
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      if (locked) RETURN_IF_ERROR(tx.LockMessages(kTenant));
      const auto recent = [&](int64_t since, int64_t until, int limit) {
        return tx.RecentMessages(kTenant, "party/legal", At(since), At(until), limit);
      };
      const RecentMessage first{At(10), "a"};
      const RecentMessage second{At(20), "a"};
      const RecentMessage third{At(30), "a"};
      EXPECT_THAT(tx.CountMessages(kTenant, At(15), At(100)), IsOkAndHolds(1));
      EXPECT_THAT(tx.CountMessages(kTenant, At(5), At(15)), IsOkAndHolds(1));
      EXPECT_THAT(tx.CountMessages(kOtherTenant, At(5), At(100)), IsOkAndHolds(0));
      EXPECT_THAT(recent(15, 100, 9), IsOkAndHolds(ElementsAre(second)));
      EXPECT_THAT(recent(5, 15, 9), IsOkAndHolds(ElementsAre(first)));
      RETURN_IF_ERROR(tx.InsertEscalation(escalation).status());
      EXPECT_THAT(tx.CountMessages(kTenant, At(20), At(30)), IsOkAndHolds(1));
      EXPECT_THAT(recent(10, 30, 2), IsOkAndHolds(ElementsAre(third, second)));
      EXPECT_THAT(tx.RecentMessages(kTenant, "party/sales", At(0), At(100), 9),
                  IsOkAndHolds(IsEmpty()));
      return absl::FailedPreconditionError("once more, the other way");
    }),
                ::testing::Not(IsOk()));
  }
}

TEST_P(StoreEscalationsTest, WhatTellsOfABlockerAmongOthersIsItsToo) {
  const int64_t lead = Put(OpenBlocker(Key("PAY-1")));
  const int64_t member = Put(OpenBlocker(Key("PAY-2")));
  const int64_t own = Put(FullEscalation(member, Key("PAY-2")));
  const int64_t shared = Put(FullEscalation(lead));
  const int64_t last = Put(FullEscalation(member, Key("PAY-2")));
  TakenStep step = FullStep(member);
  step.escalation_id = shared;
  Put(step);
  EXPECT_THAT(store().ListEscalations(kTenant, member, {}),
              IsOkAndHolds(ElementsAre(HasId(last), HasId(shared), HasId(own))));
  EXPECT_THAT(store().ListEscalations(kTenant, member, {2, last}),
              IsOkAndHolds(ElementsAre(HasId(shared), HasId(own))));
  EXPECT_THAT(store().ListEscalations(kTenant, member, {1, last}),
              IsOkAndHolds(ElementsAre(HasId(shared))));
  EXPECT_THAT(store().ListEscalations(kTenant, lead, {}), IsOkAndHolds(ElementsAre(HasId(shared))));
}

TEST_P(StoreEscalationsTest, WordsOfAStepCountAsSaid) {
  const int64_t blocker = Put(OpenBlocker(Key()));
  Escalation own = FullEscalation(blocker);
  const auto has_said = [&] {
    bool answer = false;
    EXPECT_THAT(store().Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(answer, tx.HasSaid(own));
      return absl::OkStatus();
    }),
                IsOk());
    return answer;
  };
  TakenStep step = FullStep(blocker);
  step.words = WordsFingerprint(own.recipient, own.channel, own.draft_message);
  Put(step);
  EXPECT_TRUE(has_said());
  own.draft_message += ".";
  EXPECT_FALSE(has_said());
}

TEST_P(StoreEscalationsTest, AnEscalationNeedsABlockerOfItsTenant) {
  const int64_t id = Put(OpenBlocker(Key()));
  for (const Escalation& stray :
       {FullEscalation(id + 1), FullEscalation(id, Key("PAY-1", kOtherTenant)),
        FullEscalation(0)}) {
    EXPECT_THAT(
        store().Transact([&](Transaction& tx) { return tx.InsertEscalation(stray).status(); }),
        StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_THAT(store().LastEscalationId(), IsOkAndHolds(0));
}

CLEARWAY_ALL_BACKENDS(StoreEscalationsTest);

}  // namespace
}  // namespace clearway::testing
