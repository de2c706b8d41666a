// What is told together, how fast, how often, and what came of it.
#include "service/intake/ladder.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/escalation/policy_loader.h"
#include "service/intake/intake.h"
#include "service/store/sqlite/sqlite_store.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::shared_ptr<const Planner> Made(const std::string& route) {
  const absl::StatusOr<EscalationPolicy> policy =
      ParsePolicy(absl::StrCat("ladders:\n  - name: all\n    steps:\n"
                               "      - {after: 1h, target: PARTY, channel: chat}\n"
                               "      - {after: 1d, target: MANAGER, channel: mail}\nroute: ",
                               route, "\n"),
                  "p.yaml");
  EXPECT_THAT(policy, IsOk());
  return std::make_shared<const Planner>(*policy, *BuiltInPlaybooks());
}

class LadderTest : public ::testing::Test {
 protected:
  IngestOutcome Tell(const std::string& key, absl::Time at, const std::string& words) {
    TicketEvent event;
    event.tenant = "acme";
    event.source = "jira";
    event.version = {at, 0, absl::StrCat("event-", ++events_)};
    event.ticket.key = key;
    event.ticket.project = "PAY";
    event.ticket.title = absl::StrCat("Release ", key);
    event.ticket.description = words;
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    IngestOutcome outcome;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcome, intake_->Apply(event, std::nullopt, tx));
      return absl::OkStatus();
    }),
                IsOk());
    return outcome;
  }

  int64_t Stuck(const std::string& key, const std::string& words = "[legal]") {
    const IngestOutcome outcome = Tell(key, clock_.Now(), words);
    return outcome.blocker.has_value() ? outcome.blocker->id : 0;
  }

  Climbed Take(const std::vector<int64_t>& ids) {
    Climbed climbed;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(climbed,
                       intake_->TakeDueTogether("acme", ids, clock_.Now() + absl::Minutes(3), tx));
      return absl::OkStatus();
    }),
                IsOk());
    return climbed;
  }

  void Reschedule(int64_t id) {
    EXPECT_THAT(
        store_->Transact([&](Transaction& tx) { return intake_->Reschedule("acme", id, tx); }),
        IsOk());
  }

  void Use(Pacing pacing) {
    intake_ = std::make_unique<Intake>(classifier_, planners_, clock_, absl::Hours(24),
                                       ReviewPolicy(), pacing);
  }

  Blocker Stored(int64_t id) { return *store_->GetBlocker("acme", id); }
  std::vector<Escalation> Told() { return *store_->ListEscalations("acme", 0, {1000, {}}); }
  std::vector<TakenStep> Steps() {
    std::vector<TakenStep> steps;
    EXPECT_THAT(store_->VisitSteps("acme", "", absl::InfinitePast(), absl::InfiniteFuture(),
                                   [&](const TakenStep& step) { steps.push_back(step); }),
                IsOk());
    std::sort(steps.begin(), steps.end(), [](const TakenStep& a, const TakenStep& b) {
      return std::tie(a.blocker_id, a.opening, a.level) <
             std::tie(b.blocker_id, b.opening, b.level);
    });
    return steps;
  }

  testing::FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  const testing::FakeClassifier classifier_;
  CurrentPlanner planners_{std::make_shared<const Planner>(testing::TwoStepPlanner())};
  const std::unique_ptr<Store> store_ = *SqliteStore::Open({.path = ":memory:"});
  std::unique_ptr<Intake> intake_ =
      std::make_unique<Intake>(classifier_, planners_, clock_, absl::Hours(24));
  int events_ = 0;
};

TEST_F(LadderTest, WhatWaitsForOnePartyIsToldInOneMessage) {
  const int64_t first = Stuck("PAY-1");
  const int64_t second = Stuck("PAY-2");
  const int64_t third = Stuck("PAY-3", "[team infra]");
  clock_.Advance(absl::Hours(1));
  const Climbed climbed = Take({first, second, third});
  ASSERT_THAT(climbed.messages, SizeIs(1));
  const Escalation& message = climbed.messages[0];
  EXPECT_THAT(Told(), ElementsAre(message));
  EXPECT_EQ(message.blocker_id, first);
  EXPECT_THAT(
      message.members,
      ElementsAre(
          EscalationMember{
              first, {"acme", "jira", "PAY-1"}, "Release PAY-1", 1, start_ + absl::Hours(1)},
          EscalationMember{
              second, {"acme", "jira", "PAY-2"}, "Release PAY-2", 1, start_ + absl::Hours(1)}));
  EXPECT_THAT(message.draft_message, AllOf(HasSubstr("these 2 tickets are waiting for you"),
                                           HasSubstr("- PAY-1 \"Release PAY-1\" (PAY)"),
                                           HasSubstr("- PAY-2 \"Release PAY-2\" (PAY)")));
  for (const int64_t id : {first, second}) {
    EXPECT_EQ(Stored(id).escalation_level, 1);
    EXPECT_EQ(Stored(id).next_escalation_time, start_ + absl::Hours(24));
    EXPECT_THAT(store_->ListChanges("acme", id)->back().note, HasSubstr("together with 1 more"));
    EXPECT_THAT(*store_->ListEscalations("acme", id, {}), ElementsAre(message));
  }
  EXPECT_EQ(Stored(third).escalation_level, 0) << "another party's";
  EXPECT_EQ(Stored(third).next_escalation_time, start_ + absl::Hours(1)) << "it is still due";
  EXPECT_THAT(Take({third}).messages, ElementsAre(Field(&Escalation::members, IsEmpty())));
}

TEST_F(LadderTest, AMessageOfOneIsAsItAlwaysWas) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  const Climbed climbed = Take({id});
  ASSERT_THAT(climbed.messages, SizeIs(1));
  EXPECT_THAT(climbed.messages[0].members, IsEmpty());
  EXPECT_THAT(climbed.messages[0].draft_message, Not(HasSubstr("tickets are waiting")));
}

TEST_F(LadderTest, WhatFallsDueRightAfterAMessageGathersForTheNext) {
  Use({.per_minute = 0, .gather = absl::Minutes(10)});
  const int64_t first = Stuck("PAY-1");
  clock_.Advance(absl::Minutes(2));
  const int64_t second = Stuck("PAY-2");
  clock_.Advance(absl::Minutes(3));
  const int64_t third = Stuck("PAY-3");
  clock_.Advance(absl::Minutes(55));
  EXPECT_THAT(Take({first}).messages, SizeIs(1));
  clock_.Advance(absl::Minutes(2));
  const Climbed held = Take({second});
  EXPECT_THAT(held.messages, IsEmpty());
  EXPECT_THAT(held.put_off, ElementsAre(PutOff::kGather));
  EXPECT_EQ(Stored(second).next_escalation_time, start_ + absl::Minutes(70));
  clock_.Advance(absl::Minutes(3));
  EXPECT_THAT(Take({third}).messages, IsEmpty());
  clock_.Advance(absl::Minutes(5));
  EXPECT_THAT(Take({second, third}).messages, ElementsAre(Field(&Escalation::members, SizeIs(2))));
}

TEST_F(LadderTest, NobodyIsPassedOverForTheSakeOfAList) {
  planners_.Swap(Made("{ladder: all}"));
  Use({.per_minute = 0, .gather = absl::Hours(30)});
  const int64_t first = Stuck("PAY-1");
  const int64_t second = Stuck("PAY-2");
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Take({first}).messages, SizeIs(1));
  EXPECT_THAT(Take({second}).messages, SizeIs(1)) << "the manager would hear of it before";
}

TEST_F(LadderTest, AMinuteHasNoMoreMessagesThanThePace) {
  Use({.per_minute = 2, .gather = absl::ZeroDuration()});
  std::vector<int64_t> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(Stuck(absl::StrCat("PAY-", i), absl::StrCat("[team t", i, "]")));
  }
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Take({ids[0]}).messages, SizeIs(1));
  clock_.Advance(absl::Seconds(30));
  EXPECT_THAT(Take({ids[1]}).messages, SizeIs(1));
  const Climbed held = Take({ids[2]});
  EXPECT_THAT(held.messages, IsEmpty());
  EXPECT_THAT(held.put_off, ElementsAre(PutOff::kPace));
  EXPECT_EQ(Stored(ids[2]).next_escalation_time, clock_.Now() + absl::Minutes(3));
  EXPECT_THAT(Take({ids[2]}).put_off, IsEmpty()) << "it is not due any more";
  clock_.Advance(absl::Seconds(30));
  EXPECT_THAT(Take({ids[3]}).messages, SizeIs(1)) << "the first has left the minute";
}

TEST_F(LadderTest, ThePaceHoldsForStepsTakenWithAnEventToo) {
  Use({.per_minute = 1, .gather = absl::ZeroDuration()});
  const absl::Time long_ago = start_ - absl::Hours(2);
  EXPECT_THAT(Tell("PAY-1", long_ago, "[team a]").climbed.messages, SizeIs(1));
  const IngestOutcome second = Tell("PAY-2", long_ago, "[team b]");
  EXPECT_THAT(second.climbed.put_off, ElementsAre(PutOff::kPace));
  EXPECT_EQ(second.blocker->next_escalation_time, start_ + absl::Minutes(1));
  EXPECT_THAT(Told(), SizeIs(1));
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(Tell("PAY-2", start_, "[team b]").blocker->next_escalation_time,
            start_ + absl::Minutes(1))
      << "a ticket that is written to all the time is not put off for ever";
}

TEST_F(LadderTest, AMessageThatTellsOfManyCountsOnceForTheLimit) {
  planners_.Swap(Made("{ladder: all, rate_limit: {count: 2, window: 1d}}"));
  std::vector<int64_t> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Stuck(absl::StrCat("PAY-", i)));
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Take({ids[0], ids[1], ids[2]}).messages, SizeIs(1));
  EXPECT_THAT(Take({ids[3]}).messages, SizeIs(1));
  EXPECT_THAT(Take({ids[4]}).put_off, ElementsAre(PutOff::kRateLimit));
}

TEST_F(LadderTest, AClockPutBackFiresNothingAgainAndStallsNothing) {
  planners_.Swap(Made("{ladder: all, rate_limit: {count: 1, window: 1h}}"));
  Use({.per_minute = 1, .gather = absl::Minutes(10)});
  const int64_t first = Stuck("PAY-1");
  const int64_t second = Stuck("PAY-2");
  // The clock runs a year ahead; one is told, the other put off to a moment of that year.
  clock_.Advance(absl::Hours(24 * 365));
  EXPECT_THAT(Take({first}).messages, SizeIs(1));
  EXPECT_THAT(Take({second}).messages, IsEmpty());
  EXPECT_GT(Stored(second).next_escalation_time, start_ + absl::Hours(24 * 364));
  // And is set right.
  clock_.Advance(-absl::Hours(24 * 365) + absl::Hours(1));
  for (const int64_t id : {first, second}) Reschedule(id);
  EXPECT_EQ(Stored(first).next_escalation_time, std::nullopt) << "it was told the last step";
  EXPECT_EQ(Stored(second).next_escalation_time, start_ + absl::Hours(1));
  EXPECT_THAT(Take({first, second}).messages, ElementsAre(Field(&Escalation::blocker_id, second)));
  EXPECT_THAT(Steps(), SizeIs(2));
}

TEST_F(LadderTest, ALevelThatWasToldOfThisOpeningIsNotToldAgainWhateverTheBlockerSays) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  ASSERT_THAT(Take({id}).messages, SizeIs(1));
  Blocker forgetful = Stored(id);
  forgetful.state = BlockerState::kOpen;
  forgetful.escalation_level = 0;
  forgetful.next_escalation_time = start_;
  forgetful.title = "Other words";
  ASSERT_THAT(store_->Transact([&](Transaction& tx) { return tx.PutBlocker(forgetful).status(); }),
              IsOk());
  EXPECT_THAT(Take({id}).messages, IsEmpty());
  EXPECT_EQ(Stored(id).escalation_level, 1);
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(LadderTest, AStepIsFollowedByTheNextStepOrByTheEnd) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  Take({id});
  EXPECT_THAT(Steps(), ElementsAre(Field(&TakenStep::outcome, StepOutcome::kPending)));
  clock_.Advance(absl::Hours(23));
  EXPECT_THAT(Take({id}).settled, ElementsAre(Field(&TakenStep::level, 1)));
  const absl::Time end = start_ + absl::Hours(30);
  const IngestOutcome over = Tell("PAY-1", end, "fine");
  EXPECT_THAT(over.climbed.settled, ElementsAre(Field(&TakenStep::level, 2)));
  const std::vector<TakenStep> steps = Steps();
  ASSERT_THAT(steps, SizeIs(2));
  EXPECT_EQ(steps[0].outcome, StepOutcome::kNextStep);
  EXPECT_EQ(steps[0].outcome_time, start_ + absl::Hours(24));
  EXPECT_EQ(steps[1].outcome, StepOutcome::kResolved);
  EXPECT_EQ(steps[1].outcome_time, end);
  EXPECT_EQ(steps[1].channel, "mail");
}

TEST_F(LadderTest, AnEndThatCameBeforeTheStepMakesItMoot) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  Take({id});
  EXPECT_EQ(Tell("PAY-1", start_ + absl::Minutes(30), "fine").blocker->state,
            BlockerState::kResolved);
  EXPECT_THAT(Steps(), ElementsAre(Field(&TakenStep::outcome, StepOutcome::kMoot)));
}

TEST_F(LadderTest, EachOpeningHasStepsOfItsOwn) {
  const int64_t id = Stuck("PAY-1");
  clock_.Advance(absl::Hours(1));
  Take({id});
  clock_.Advance(absl::Hours(1));
  Tell("PAY-1", clock_.Now(), "fine");
  clock_.Advance(absl::Hours(20));
  EXPECT_EQ(Stuck("PAY-1"), id);
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(Take({id}).messages, SizeIs(1));
  EXPECT_THAT(Steps(), ElementsAre(Field(&TakenStep::outcome, StepOutcome::kResolved),
                                   Field(&TakenStep::outcome, StepOutcome::kPending)));
}

// Tickets come and go, clocks jump, sweeps run over any selection: no blocker is told of twice for
// one opening and level, no minute has more messages than the pace, and steps and messages agree.
TEST_F(LadderTest, HoldsInAnyOrder) {
  constexpr int kPace = 3;
  Use({.per_minute = kPace, .gather = absl::Minutes(5)});
  std::mt19937 random(20261127);
  const auto below = [&](int bound) {
    return std::uniform_int_distribution<int>(0, bound - 1)(random);
  };
  std::set<int64_t> ids;
  for (int round = 0; round < 4000; ++round) {
    const int what = below(10);
    const std::string key = absl::StrCat("PAY-", below(60));
    if (what < 4) {
      const std::string words =
          below(3) == 0 ? "fine" : absl::StrCat("[team ", below(9), "] ", round);
      const IngestOutcome outcome = Tell(key, clock_.Now() - absl::Minutes(below(120)), words);
      if (outcome.blocker.has_value()) ids.insert(outcome.blocker->id);
    } else if (what < 9) {
      std::vector<int64_t> some(ids.begin(), ids.end());
      std::shuffle(some.begin(), some.end(), random);
      Take(some);
    } else if (below(20) == 0) {
      clock_.Advance(-absl::Hours(below(30)));
      for (const int64_t id : ids) Reschedule(id);
    }
    clock_.Advance(absl::Seconds(below(900)));
  }
  std::set<std::tuple<int64_t, int, int>> keys;
  std::set<std::pair<int64_t, int64_t>> told;
  for (const TakenStep& step : Steps()) {
    EXPECT_TRUE(keys.insert({step.blocker_id, step.opening, step.level}).second);
    told.insert({step.escalation_id, step.blocker_id});
  }
  std::set<std::pair<int64_t, int64_t>> listed;
  Page page{1000, {}};
  std::vector<Escalation> all;
  for (;;) {
    const std::vector<Escalation> some = *store_->ListEscalations("acme", 0, page);
    if (some.empty()) break;
    all.insert(all.end(), some.begin(), some.end());
    page.before_id = some.back().id;
  }
  for (const Escalation& message : all) {
    if (message.members.empty()) listed.insert({message.id, message.blocker_id});
    for (const EscalationMember& member : message.members) {
      EXPECT_TRUE(listed.insert({message.id, member.blocker_id}).second);
    }
    // Told since it, not in the future of a clock that was put back: by id, as things happened.
    const auto in_the_minute = std::count_if(all.begin(), all.end(), [&](const Escalation& other) {
      return other.id <= message.id && *other.create_time <= *message.create_time &&
             *other.create_time > *message.create_time - absl::Minutes(1);
    });
    EXPECT_LE(in_the_minute, kPace);
  }
  EXPECT_EQ(listed, told);
  EXPECT_GT(all.size(), 50u) << "too little happened to say anything";
}

}  // namespace
}  // namespace clearway
