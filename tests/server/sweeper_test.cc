// What the sweep makes of an outage and of clocks that jump.
#include <algorithm>
#include <map>
#include <set>

#include "tests/server/server_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kPace = 20;

class SweeperTest : public testing::ServerFixture {
 protected:
  static ServerOptions Paced() {
    ServerOptions options;
    options.pacing = {.per_minute = kPace, .gather = absl::Minutes(5)};
    return options;
  }
  SweeperTest() : ServerFixture(Paced()) {}

  // `count` blockers that got stuck now, each waiting for one of `parties`.
  void Stuck(int count, int parties) {
    ASSERT_THAT(store_->Transact([&](Transaction& tx) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        Blocker blocker;
        blocker.ticket = {"acme", "jira", absl::StrCat("PAY-", ++tickets_)};
        blocker.project = "PAY";
        blocker.title = absl::StrCat("Ticket ", tickets_);
        blocker.category = Category::kCrossTeam;
        blocker.reason = Reason::kTeamDependency;
        blocker.waiting_on = absl::StrCat("team ", tickets_ % parties);
        blocker.priority = static_cast<Priority>(1 + i % 5);
        blocker.open_time = blocker.spell_time = blocker.update_time = clock_.Now();
        blocker.next_escalation_time = clock_.Now() + absl::Hours(1);
        StoredTicket ticket;
        ticket.state.ticket.key = blocker.ticket.key;
        const absl::Status put = tx.PutTicket(blocker.ticket, ticket);
        if (!put.ok()) return put;
        if (const auto id = tx.PutBlocker(blocker); !id.ok()) return id.status();
      }
      return absl::OkStatus();
    }),
                IsOk());
  }

  // All that were told, oldest first.
  std::vector<Escalation> Told() {
    std::vector<Escalation> all;
    for (int64_t after = 0;;) {
      const std::vector<Escalation> some = *store_->EscalationsAfter("acme", after, 1000);
      if (some.empty()) return all;
      all.insert(all.end(), some.begin(), some.end());
      after = some.back().id;
    }
  }

  // How often each blocker was told of.
  std::map<int64_t, int> Mentions() {
    std::map<int64_t, int> mentions;
    for (const Escalation& message : Told()) {
      if (message.members.empty()) ++mentions[message.blocker_id];
      for (const EscalationMember& member : message.members) ++mentions[member.blocker_id];
    }
    return mentions;
  }

  // Sweeps every ten seconds for so long.
  void SweepFor(absl::Duration time) {
    for (absl::Duration passed; passed < time; passed += absl::Seconds(10)) {
      ASSERT_THAT(server_->Sweep(), IsOk());
      clock_.Advance(absl::Seconds(10));
    }
  }

  int most_in_a_minute() {
    const std::vector<Escalation> told = Told();
    int64_t most = 0;
    for (const Escalation& message : told) {
      most =
          std::max(most, static_cast<int64_t>(
                             std::count_if(told.begin(), told.end(), [&](const Escalation& other) {
                               return *other.create_time <= *message.create_time &&
                                      *other.create_time > *message.create_time - absl::Minutes(1);
                             })));
    }
    return static_cast<int>(most);
  }

  // A ticket of `words` that hangs on `on`, where that is named.
  v1::TicketEvent Linked(const std::string& key, const std::string& words, const std::string& on) {
    ++tickets_;
    v1::TicketEvent event = Event(absl::StrCat("e", tickets_), words, tickets_);
    event.mutable_ticket()->set_key(key);
    if (on.empty()) return event;
    v1::TicketLink* link = event.mutable_ticket()->add_links();
    link->set_type("is blocked by");
    link->set_key(on);
    return event;
  }

  // Waits until `count` messages were told in all.
  void AwaitTold(size_t count) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::WatchEscalationsRequest request;
    request.set_parent("tenants/acme");
    request.set_cursor("0");
    const auto stream = v1::EscalationService::Stub(channel_).WatchEscalations(&context, request);
    v1::WatchEscalationsResponse response;
    for (size_t told = 0; told < count;) {
      ASSERT_TRUE(stream->Read(&response)) << "only " << told << " were told";
      if (response.has_escalation()) ++told;
    }
    context.TryCancel();
  }

  int tickets_ = 0;
};

TEST_F(SweeperTest, ABacklogOfTenThousandIsGroupedAndPaced) {
  Stuck(10'000, 50);
  clock_.Advance(absl::Hours(24 * 3));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_THAT(Told(), SizeIs(kPace)) << "the first minute";
  for (const Escalation& message : Told()) EXPECT_THAT(message.members, SizeIs(200));
  EXPECT_THAT(*store_->DueBlockers(clock_.Now(), 10), IsEmpty()) << "the rest has its time";
  EXPECT_EQ(Metric("clearway_escalations_put_off_total", {{"cause", "pace"}}),
            10'000 - kPace * 200);
  SweepFor(absl::Minutes(10));
  EXPECT_LE(most_in_a_minute(), kPace);
  const std::map<int64_t, int> mentions = Mentions();
  EXPECT_EQ(mentions.size(), 10'000u) << "nobody is forgotten";
  for (const auto& [blocker, count] : mentions) ASSERT_EQ(count, 1) << blocker;
  EXPECT_THAT(Told(), SizeIs(50)) << "one message for each party";
}

TEST_F(SweeperTest, ABacklogWithoutAnythingInCommonIsSpreadOutTheMostUrgentFirst) {
  Stuck(110, 110);
  clock_.Advance(absl::Hours(24 * 3));
  SweepFor(absl::Minutes(7));
  const std::vector<Escalation> told = Told();
  ASSERT_THAT(told, SizeIs(110));
  EXPECT_LE(most_in_a_minute(), kPace);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end(), [](const auto& a, const auto& b) {
    return a.urgency > b.urgency + 1;  // they age meanwhile
  }));
}

TEST_F(SweeperTest, OneTenantsBacklogDoesNotHoldUpAnother) {
  Stuck(100, 100);
  v1::TicketEvent other = Event("g1", "waiting for [legal]");
  other.set_tenant("globex");
  Ingested(other);
  clock_.Advance(absl::Hours(24 * 3));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_THAT(*store_->EscalationsAfter("globex", 0, 10), SizeIs(1));
  EXPECT_THAT(Told(), SizeIs(kPace));
}

TEST_F(SweeperTest, AClockPutForwardIsNoStorm) {
  Stuck(300, 300);
  ASSERT_THAT(server_->Sweep(), IsOk());
  clock_.Advance(absl::Hours(24));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_THAT(Told(), SizeIs(kPace));
  SweepFor(absl::Minutes(20));
  EXPECT_LE(most_in_a_minute(), kPace);
  for (const auto& [blocker, count] : Mentions()) EXPECT_EQ(count, 1) << blocker;
}

TEST_F(SweeperTest, AClockPutBackFiresNothingAgainAndStallsNothing) {
  Stuck(30, 30);
  clock_.Advance(absl::Hours(24 * 400));
  ASSERT_THAT(server_->Sweep(), IsOk());
  ASSERT_THAT(Told(), SizeIs(kPace)) << "the manager's: the highest step that is due";
  // Right again: an hour has passed in truth.
  clock_.Advance(-absl::Hours(24 * 400) + absl::Hours(1));
  SweepFor(absl::Minutes(3));
  const std::map<int64_t, int> mentions = Mentions();
  EXPECT_EQ(mentions.size(), 30u) << "those put off into the future that never was are told";
  for (const auto& [blocker, count] : mentions) EXPECT_EQ(count, 1) << blocker;
  EXPECT_THAT(log_text_.str(), ::testing::HasSubstr("the clock was put back"));
  clock_.Advance(absl::Hours(24));
  SweepFor(absl::Minutes(3));
  EXPECT_EQ(Mentions().size(), 30u);
  int again = 0;
  for (const auto& [blocker, count] : Mentions()) again += count - 1;
  EXPECT_EQ(again, 30 - kPace) << "they alone have a step left";
}

TEST_F(SweeperTest, WhatTheEndOfARootSetsFreeIsToldTogether) {
  constexpr int kLeaves = 60;
  Ingested(Linked("ROOT", "waiting for [legal]", ""));
  for (int i = 0; i < kLeaves; ++i) {
    Ingested(Linked(absl::StrCat("LEAF-", i), absl::StrCat("[team ", i % 2, "]"), "ROOT"));
  }
  clock_.Advance(absl::Hours(2));
  ASSERT_THAT(server_->Sweep(), IsOk());
  ASSERT_THAT(Told(), SizeIs(1)) << "the root's alone";
  Ingested(Linked("ROOT", "fine", ""));
  AwaitTold(3);
  ASSERT_THAT(server_->Sweep(), IsOk());
  const std::vector<Escalation> told = Told();
  ASSERT_THAT(told, SizeIs(3)) << "one for each team, and no sweep was needed";
  for (size_t i = 1; i < told.size(); ++i) EXPECT_THAT(told[i].members, SizeIs(kLeaves / 2));
}

TEST_F(SweeperTest, WhatTheEndOfARootSetsFreeKeepsThePace) {
  constexpr int kLeaves = kPace + 10;
  Ingested(Linked("ROOT", "waiting for [legal]", ""));
  for (int i = 0; i < kLeaves; ++i) {
    Ingested(Linked(absl::StrCat("LEAF-", i), absl::StrCat("[team ", i, "]"), "ROOT"));
  }
  clock_.Advance(absl::Hours(2));
  ASSERT_THAT(server_->Sweep(), IsOk());
  clock_.Advance(absl::Minutes(10));
  Ingested(Linked("ROOT", "fine", ""));
  AwaitTold(1 + kPace);
  SweepFor(absl::Minutes(3));
  EXPECT_LE(most_in_a_minute(), kPace);
  EXPECT_THAT(Told(), SizeIs(1 + kLeaves));
}

TEST_F(SweeperTest, WhatCameOfTheStepsIsCounted) {
  OpenBlocker("PAY-1");
  OpenBlocker("PAY-2");
  clock_.Advance(absl::Hours(1));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(Metric("clearway_escalation_messages_total"), 1);
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "taken"}}), 2);
  Ingested(Event("e2", "fine", 5000));
  clock_.Advance(absl::Hours(24));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "resolved"}}), 1);
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "next_step"}}), 1);
  v1::ResolveBlockerRequest request;
  request.set_name("tenants/acme/blockers/2");
  request.set_actor("ann");
  v1::ResolveBlockerResponse response;
  ASSERT_TRUE(Call(&v1::BlockerService::Stub::ResolveBlocker, request, &response).ok());
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "2"}, {"outcome", "resolved"}}), 1);
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "2"}, {"outcome", "moot"}}), 0);
}

}  // namespace
}  // namespace clearway
