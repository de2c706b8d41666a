#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "service/base/status_macros.h"
#include "service/domain/root_causes.h"
#include "service/intake/intake.h"
#include "service/intake/link_keeper.h"
#include "service/intake/link_settler.h"
#include "service/intake/older_links.h"
#include "tests/store/conformance/backends.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::Backend;
using ::clearway::testing::Backends;
using ::clearway::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const LinkScope& Scope() {
  static const auto& scope = *new LinkScope{"acme", "jira"};
  return scope;
}

// Who hangs on which root, and what each root bears.
struct Picture {
  std::vector<Hanging> hanging;
  std::vector<Root> roots;
};

bool Before(const Hanging& a, const Hanging& b) {
  return std::tie(a.root, a.ticket) < std::tie(b.root, b.ticket);
}

// The life of events over every back end.
class RootsTest : public ::testing::TestWithParam<Backend> {
 protected:
  RootsTest() : ground_(GetParam().make_ground(dir_.path())), store_(*ground_->Open()) {}

  TicketEvent Event(const std::string& key, const std::string& words,
                    std::vector<TicketLink> links = {}) {
    TicketEvent event;
    event.tenant = Scope().tenant;
    event.source = Scope().source;
    const int number = ++events_;
    event.version = {clock_.Now(), number, absl::StrCat("e", number)};
    event.ticket.key = key;
    event.ticket.project = key.substr(0, 1);
    event.ticket.title = "title of " + key;
    event.ticket.description = words;
    event.ticket.links = std::move(links);
    event.fields.set();
    event.fields.reset(static_cast<size_t>(TicketField::kDeleted));
    return event;
  }
  TicketEvent Done(TicketEvent event) {
    event.ticket.done = true;
    return event;
  }

  IngestOutcome Apply(const TicketEvent& event, Store* store = nullptr) {
    IngestOutcome outcome;
    EXPECT_THAT(
        (store == nullptr ? *store_ : *store).Transact([&](Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(outcome, intake_.Apply(event, std::nullopt, tx));
          return absl::OkStatus();
        }),
        IsOk());
    return outcome;
  }
  SettledLinks SettleOnce(const SettleLimits& limits, Store* store = nullptr) {
    SettledLinks settled;
    EXPECT_THAT(
        (store == nullptr ? *store_ : *store).Transact([&](Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(settled, SettleLinks(limits, tx));
          return absl::OkStatus();
        }),
        IsOk());
    return settled;
  }
  // All that is to be worked out; the tickets of the ladders that may go on.
  std::vector<std::string> Settle(const SettleLimits& limits = {}) {
    std::set<std::string> woken;
    for (bool worked = true; worked;) {
      const SettledLinks settled = SettleOnce(limits);
      for (const Blocker& blocker : settled.woken) woken.insert(blocker.ticket.key);
      worked = settled.worked;
    }
    return {woken.begin(), woken.end()};
  }
  // Whatever time was kept for them.
  std::vector<Escalation> TakeDueSteps(int64_t blocker_id) {
    Climbed climbed;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(intake_.Reschedule("acme", blocker_id, tx));
      ASSIGN_OR_RETURN(climbed, intake_.TakeDueTogether("acme", {blocker_id},
                                                        clock_.Now() + absl::Minutes(1), tx));
      return absl::OkStatus();
    }),
                IsOk());
    return climbed.messages;
  }
  Climbed TakeDueTogether(const std::vector<int64_t>& blocker_ids) {
    Climbed climbed;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(climbed, intake_.TakeDueTogether("acme", blocker_ids,
                                                        clock_.Now() + absl::Minutes(1), tx));
      return absl::OkStatus();
    }),
                IsOk());
    return climbed;
  }
  Resolution ResolveByPerson(int64_t blocker_id) {
    Resolution resolution;
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(resolution, intake_.ResolveBlocker("acme", blocker_id, "ann", "", tx));
      return absl::OkStatus();
    }),
                IsOk());
    return resolution;
  }
  // Deletes a ticket as retention does, unless it is stuck.
  void Delete(const std::string& key) {
    EXPECT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<StoredTicket> ticket, tx.GetTicket(Scope().Of(key)));
      ASSIGN_OR_RETURN(const std::optional<Blocker> blocker, tx.GetLatestBlocker(Scope().Of(key)));
      const bool stuck = blocker.has_value() && blocker->state != BlockerState::kResolved;
      if (!ticket.has_value() || stuck) return absl::OkStatus();
      RETURN_IF_ERROR(LetLinksGo(Scope().Of(key), *ticket, blocker, tx).status());
      return tx.DeleteTicket(Scope().Of(key)).status();
    }),
                IsOk());
  }
  std::vector<std::string> RootsOf(const std::string& key) {
    std::vector<std::string> roots;
    for (const Hanging& hanging : AsKept({key}).hanging) roots.push_back(hanging.root);
    return roots;
  }
  std::vector<std::string> Notes(int64_t blocker_id) {
    std::vector<std::string> notes;
    const std::vector<BlockerChange> changes = *store_->ListChanges("acme", blocker_id);
    for (const BlockerChange& change : changes) {
      notes.push_back(change.note);
    }
    return notes;
  }

  Picture AsKept(const std::vector<std::string>& keys) {
    Picture picture;
    EXPECT_THAT(store_->ReadLinks([&](LinkReader& links) -> absl::Status {
      ASSIGN_OR_RETURN(picture.hanging, links.RootsOf(Scope(), keys));
      ASSIGN_OR_RETURN(picture.roots, links.FindRoots(Scope(), keys));
      return absl::OkStatus();
    }),
                IsOk());
    std::sort(picture.hanging.begin(), picture.hanging.end(), Before);
    return picture;
  }

  // The same from the tickets and their links alone.
  Picture FromScratch(const std::vector<std::string>& keys) {
    std::map<std::string, LinkedTicket> tickets;
    OpenLinks links;
    EXPECT_THAT(store_->ReadLinks([&](LinkReader& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<LinkedTicket> found, reader.Tickets(Scope(), keys));
      for (const LinkedTicket& ticket : found) {
        tickets[ticket.ticket] = ticket;
        if (!ticket.over) links[ticket.ticket];
      }
      ASSIGN_OR_RETURN(const std::vector<Dependency> dependencies, reader.HangsOn(Scope(), keys));
      for (const Dependency& d : dependencies) {
        if (!tickets[d.ticket].over && !tickets[d.blocker].over)
          links[d.ticket].push_back(d.blocker);
      }
      return absl::OkStatus();
    }),
                IsOk());
    Picture picture;
    std::map<std::string, Root> roots;
    const std::map<std::string, RootPlace> places = FindRoots(links, {});
    for (const auto& [key, place] : places) {
      for (const std::string& root : place.roots) {
        const BlockedSum blocked = BlockedSum::Of(tickets[key]);
        picture.hanging.push_back({root, key, tickets[key].project, place.circle > 0, blocked});
        Root& sum = roots[root];
        sum.source = Scope().source;
        sum.ticket = root;
        sum.circle = places.at(root).circle;
        ++sum.tickets;
        sum.blocked.stuck += blocked.stuck;
        sum.blocked.offset_ms += blocked.offset_ms;
      }
    }
    std::sort(picture.hanging.begin(), picture.hanging.end(), Before);
    for (const auto& [key, root] : roots) picture.roots.push_back(root);
    return picture;
  }
  void ExpectAsFromScratch(const std::vector<std::string>& keys, const std::string& when) {
    const Picture kept = AsKept(keys);
    const Picture scratch = FromScratch(keys);
    EXPECT_EQ(kept.hanging, scratch.hanging) << when;
    EXPECT_EQ(kept.roots, scratch.roots) << when;
  }

  // Any of `keys` with any links, sometimes done or gone.
  TicketEvent AnyEvent(const std::vector<std::string>& keys, std::mt19937* random) {
    const auto any = [&] { return keys[(*random)() % keys.size()]; };
    const bool stuck = (*random)() % 2 == 0;
    TicketEvent event = Event(any(), stuck ? "waiting for [legal]" : "all fine");
    for (unsigned i = (*random)() % 4; i > 0; --i) {
      event.ticket.links.push_back({(*random)() % 3 == 0 ? "blocks" : "is blocked by", any()});
    }
    event.ticket.done = (*random)() % 5 == 0;
    event.deleted = (*random)() % 12 == 0;
    if (event.deleted) event.fields.set();
    return event;
  }

  static std::vector<std::string> ManyKeys(int count) {
    std::vector<std::string> keys;
    for (int i = 10; i < 10 + count; ++i) keys.push_back(absl::StrCat(i % 2 == 0 ? "A" : "B", i));
    std::sort(keys.begin(), keys.end());
    return keys;
  }

  testing::TempDir dir_;
  const std::unique_ptr<testing::Ground> ground_;
  const std::unique_ptr<Store> store_;
  testing::FakeClock clock_;
  const testing::FakeClassifier classifier_;
  const CurrentPlanner planner_{testing::TwoStepPlanner()};
  const Intake intake_{classifier_,       planner_,      clock_,
                       absl::Hours(24),
                       /*review=*/{},     /*pacing=*/{}, /*keep_events=*/true,
                       /*daily_cost=*/100};
  int events_ = 0;
};

TEST_P(RootsTest, ChangesWorkedOutOneByOneComeToWhatAllOfThemComeTo) {
  std::mt19937 random(11);
  const std::vector<std::string> keys = ManyKeys(14);
  for (int i = 0; i < 250; ++i) {
    Apply(AnyEvent(keys, &random));
    if (random() % 4 == 0) Delete(keys[random() % keys.size()]);
    clock_.Advance(absl::Minutes(random() % 100));
    // Sometimes several gather.
    if (random() % 3 == 0) continue;
    Settle();
    ExpectAsFromScratch(keys, absl::StrCat("after event ", i));
    if (HasFailure()) return;
  }
}

TEST_P(RootsTest, WhatIsPutOffComesToTheSame) {
  std::mt19937 random(13);
  const std::vector<std::string> keys = ManyKeys(10);
  for (int i = 0; i < 60; ++i) {
    Apply(AnyEvent(keys, &random));
    Settle({.changes = 3, .tickets = 2});
    if (i % 5 != 4) continue;
    Settle({.changes = 100, .tickets = 2, .put_off = true});
    ExpectAsFromScratch(keys, absl::StrCat("after event ", i));
    if (HasFailure()) return;
  }
}

// Of back ends that several programs may share.
class ReplicatedRootsTest : public RootsTest {};

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
  ExpectAsFromScratch(keys, "in the end");
}

TEST_P(RootsTest, AnEventThatChangesNoLinkLeavesNothingToDo) {
  EXPECT_TRUE(Apply(Event("P1", "all fine", {{"is blocked by", "P2"}})).links_changed);
  EXPECT_FALSE(Apply(Event("P1", "still fine", {{"is blocked by", "P2"}})).links_changed);
  EXPECT_FALSE(Apply(Event("P9", "waiting for [legal]")).links_changed) << "linked to none";
  EXPECT_TRUE(Apply(Event("P2", "waiting for [legal]")).links_changed) << "another hangs on it";
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

TEST_P(RootsTest, ALeafIsHeldBackAndTheRootBearsItsWeight) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  EXPECT_THAT(Notes(leaf).back(), HasSubstr("held back: it hangs on P2"));
  const std::vector<Escalation> said = TakeDueSteps(root);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].rationale,
              HasSubstr("1 ticket hangs on it, 1 of them stuck, for 2 hours in all, at a cost of "
                        "about 8."));
}

TEST_P(RootsTest, WhoIsHeldBackTakesNoPartInTheMessage) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  const int64_t other = Apply(Event("P3", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  const Climbed climbed = TakeDueTogether({leaf, root, other});
  ASSERT_THAT(climbed.messages, SizeIs(1));
  EXPECT_THAT(climbed.messages[0].members,
              ElementsAre(Field(&EscalationMember::blocker_id, root),
                          Field(&EscalationMember::blocker_id, other)));
  EXPECT_THAT(climbed.messages[0].rationale, HasSubstr("1 ticket hangs on it"));
  EXPECT_THAT(climbed.messages[0].draft_message, HasSubstr("It also holds up 1 other ticket"));
  const Blocker held = *store_->GetBlocker("acme", leaf);
  EXPECT_EQ(held.escalation_level, 0);
  EXPECT_EQ(held.next_escalation_time, clock_.Now() + absl::Hours(1));
  EXPECT_THAT(Notes(leaf).back(), HasSubstr("held back: it hangs on P2"));
}

TEST_P(RootsTest, APersonsWordGivesTheStepsTheirOutcomeAndFreesTheLeaf) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueTogether({leaf, root}).messages, SizeIs(1));
  clock_.Advance(absl::Minutes(10));
  const Resolution resolution = ResolveByPerson(root);
  EXPECT_TRUE(resolution.links_changed);
  EXPECT_THAT(resolution.settled, ElementsAre(Field(&TakenStep::outcome, StepOutcome::kResolved)));
  EXPECT_THAT(Settle(), ElementsAre("P1"));
  EXPECT_THAT(
      store_->Transact([&](Transaction& tx) { return intake_.Reschedule("acme", leaf, tx); }),
      IsOk());
  EXPECT_LE(*store_->GetBlocker("acme", leaf)->next_escalation_time, clock_.Now());
  EXPECT_THAT(TakeDueTogether({leaf}).messages, SizeIs(1)) << "the sweep need not wait";
}

TEST_P(RootsTest, WorkingOutTimesAnewIsNoNewRest) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  clock_.Advance(absl::Hours(3));
  EXPECT_THAT(
      store_->Transact([&](Transaction& tx) { return intake_.Reschedule("acme", leaf, tx); }),
      IsOk());
  EXPECT_THAT(TakeDueTogether({leaf}).messages, IsEmpty());
  EXPECT_THAT(store_->GetBlocker("acme", leaf)->snoozes, SizeIs(1));
  EXPECT_THAT(Notes(leaf), SizeIs(2));
}

TEST_P(RootsTest, BeingHeldBackGoesOnWithoutANoteForEachLook) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  clock_.Advance(absl::Hours(2));
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
    const Blocker held = *store_->GetBlocker("acme", leaf);
    ASSERT_TRUE(held.next_escalation_time.has_value());
    EXPECT_GT(*held.next_escalation_time, clock_.Now());
    EXPECT_THAT(held.snoozes, SizeIs(1));
    clock_.Advance(*held.next_escalation_time - clock_.Now() + absl::Seconds(7));
  }
  EXPECT_THAT(Notes(leaf), SizeIs(2));
}

TEST_P(RootsTest, ALeafGoesOnWhenTheRootIsDone) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  Settle();
  clock_.Advance(absl::Hours(30));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  clock_.Advance(absl::Minutes(5));
  EXPECT_TRUE(Apply(Done(Event("P2", "signed"))).links_changed);
  EXPECT_THAT(Settle(), ElementsAre("P1"));
  const std::vector<Escalation> said = TakeDueSteps(leaf);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].rationale, Not(HasSubstr("hangs on")));
}

TEST_P(RootsTest, ALeafGoesOnWhenTheLinkIsGone) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  const IngestOutcome unlinked = Apply(Event("P1", "waiting for [legal]"));
  EXPECT_THAT(unlinked.climbed.messages, Not(IsEmpty())) << "by its own event";
}

TEST_P(RootsTest, ALeafGoesOnWhenTheRootIsStuckNoMore) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t root = Apply(Event("P2", "waiting for [legal]")).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  EXPECT_TRUE(ResolveByPerson(root).links_changed);
  EXPECT_THAT(Settle(), ElementsAre("P1"));
  const std::vector<Escalation> said = TakeDueSteps(leaf);
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_THAT(said[0].rationale,
              HasSubstr("It hangs on P2, which is open and not known to be stuck."));
}

TEST_P(RootsTest, OnATicketThatIsNotStuckNobodyIsHeldBack) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "NEVER-SEEN"}})).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  ASSERT_THAT(TakeDueSteps(leaf), SizeIs(1));
  const Picture picture = AsKept({"P1", "NEVER-SEEN"});
  ASSERT_THAT(picture.roots, SizeIs(1));
  EXPECT_EQ(picture.roots[0].ticket, "NEVER-SEEN");
}

TEST_P(RootsTest, OfACircleOneSpeaks) {
  const int64_t first =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  const int64_t second =
      Apply(Event("P2", "waiting for [legal]", {{"is blocked by", "P1"}})).blocker->id;
  Settle();
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(first), SizeIs(1));
  EXPECT_THAT(TakeDueSteps(second), IsEmpty());
  const Picture picture = AsKept({"P1", "P2"});
  ASSERT_THAT(picture.roots, SizeIs(1));
  EXPECT_EQ(picture.roots[0].ticket, "P1");
  EXPECT_EQ(picture.roots[0].circle, 2);
}

TEST_P(RootsTest, APersonsSnoozeTakesThePlaceOfBeingHeldBack) {
  const int64_t leaf =
      Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}})).blocker->id;
  Apply(Event("P2", "waiting for [legal]"));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(TakeDueSteps(leaf), IsEmpty());
  clock_.Advance(absl::Minutes(10));
  const absl::Time end = clock_.Now() + absl::Minutes(10);
  EXPECT_THAT(store_->Transact([&](Transaction& tx) {
    return intake_.SnoozeBlocker("acme", leaf, "ann", "", end, tx).status();
  }),
              IsOk());
  const Blocker snoozed = *store_->GetBlocker("acme", leaf);
  ASSERT_THAT(snoozed.snoozes, SizeIs(2));
  EXPECT_EQ(snoozed.snoozes[0].end, clock_.Now());
  EXPECT_EQ(snoozed.snooze_end_time(), end);
}

TEST_P(RootsTest, TenantsAndSourcesAreApart) {
  Apply(Event("P1", "all fine", {{"is blocked by", "P2"}}));
  TicketEvent other = Done(Event("P2", "done"));
  other.source = "github";
  Apply(other);
  Settle();
  EXPECT_THAT(AsKept({"P1", "P2"}).roots, SizeIs(1)) << "another tool's ticket of that key";
}

TEST_P(RootsTest, ATicketDeletedWhenItHadEndedHoldsUpNobody) {
  Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}}));
  Apply(Done(Event("P2", "all fine")));
  Settle();
  ASSERT_THAT(RootsOf("P1"), IsEmpty());
  Delete("P2");
  Settle();
  Apply(
      Event("P1", "still waiting for [legal]", {{"is blocked by", "P2"}, {"is blocked by", "P3"}}));
  Apply(Event("P4", "all fine", {{"is blocked by", "P2"}}));
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P3"));
  EXPECT_THAT(RootsOf("P4"), IsEmpty()) << "whoever names it later";
  Apply(Event("P1", "waiting for [legal]"));
  Settle();
  EXPECT_THAT(RootsOf("P4"), IsEmpty()) << "though the first who named it does not any more";
}

TEST_P(RootsTest, ATicketThatComesBackAfterItWasDeletedHoldsUpAgain) {
  Apply(Event("P1", "waiting for [legal]", {{"is blocked by", "P2"}}));
  Apply(Done(Event("P2", "all fine")));
  Settle();
  Delete("P2");
  Settle();
  Apply(Event("P2", "all fine"));
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P2"));
  Delete("P2");
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P2")) << "it was open then";
}

TEST_P(RootsTest, ATicketDeletedWhileOpenKeepsWhatOthersSayOfItAlone) {
  Apply(Event("P1", "all fine", {{"is blocked by", "P2"}}));
  Apply(Event("P2", "all fine", {{"is blocked by", "P3"}, {"blocks", "P4"}}));
  Apply(Event("P4", "all fine"));
  Apply(Event("P5", "all fine", {{"blocks", "P2"}}));
  Settle();
  ASSERT_THAT(RootsOf("P1"), ElementsAre("P3", "P5"));
  ASSERT_THAT(RootsOf("P4"), ElementsAre("P3", "P5"));
  Delete("P2");
  Settle();
  EXPECT_THAT(RootsOf("P1"), ElementsAre("P5")) << "P1 names P2, and P5 does";
  EXPECT_THAT(RootsOf("P4"), IsEmpty());
  ExpectAsFromScratch({"P1", "P2", "P3", "P4", "P5"}, "in the end");
  const Picture left = AsKept({"P2"});
  ASSERT_THAT(left.hanging, ElementsAre(Field(&Hanging::root, "P5")));
  EXPECT_EQ(left.hanging[0].project, "") << "nothing of its own";
}

TEST_P(RootsTest, AnEndedTicketThatIsDeletedHangsOnNothingThoughOthersSayItDoes) {
  Apply(Event("P3", "all fine", {{"blocks", "P2"}}));
  Apply(Done(Event("P2", "all fine")));
  Apply(Event("P1", "all fine", {{"is blocked by", "P2"}}));
  Settle();
  Delete("P2");
  Settle();
  Apply(Event("P3", "all fine", {{"blocks", "P2"}, {"is blocked by", "P9"}}));
  Settle();
  EXPECT_THAT(RootsOf("P2"), IsEmpty());
  EXPECT_THAT(RootsOf("P1"), IsEmpty());
}

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
  EXPECT_THAT(AsKept({"C1"}).hanging, ElementsAre(Field(&Hanging::root, "X9")));
}

TEST_P(OlderTicketsTest, ATicketThatCannotBeReadHoldsUpNoOther) {
  OlderChain();
  EXPECT_THAT(ground_->Execute("UPDATE tickets SET state = 'x' WHERE ticket = 'C2'"), IsOk());
  const UnlinkedTickets found = *Find(*store_, 100, 100);
  EXPECT_THAT(found.tickets, SizeIs(4));
  EXPECT_EQ(Link(*store_, found).tickets, 4u);
}

TEST_P(OlderTicketsTest, ANewStoreHasNothingToLink) {
  EXPECT_EQ(Find(*store_, 100, 100), std::nullopt);
  Apply(Event("C1", "all fine", {{"is blocked by", "C2"}}));
  EXPECT_EQ(Find(*ground_->Open().value(), 100, 100), std::nullopt);
}

std::string Name(const ::testing::TestParamInfo<Backend>& info) { return info.param.name; }
std::vector<Backend> Shared() {
  std::vector<Backend> backends = Backends();
  std::erase_if(backends, [](const Backend& backend) { return backend.name != "Postgres"; });
  return backends;
}
INSTANTIATE_TEST_SUITE_P(All, OlderTicketsTest, ::testing::ValuesIn(testing::LastingBackends()),
                         Name);
INSTANTIATE_TEST_SUITE_P(All, RootsTest, ::testing::ValuesIn(Backends()), Name);
INSTANTIATE_TEST_SUITE_P(All, ReplicatedRootsTest, ::testing::ValuesIn(Shared()), Name);

}  // namespace
}  // namespace clearway
