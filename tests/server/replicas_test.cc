// Several servers over one PostgreSQL database, at work at the same time.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "prometheus/registry.h"

#include "clearway/v1/escalation_service.grpc.pb.h"
#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "service/escalation/policy_loader.h"
#include "service/server/server.h"
#include "service/wire/time.h"
#include "tests/store/postgres/database.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/metrics.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::IsOk;
using ::testing::SizeIs;

// What one process would hold.
struct Replica {
  Replica(const testing::PostgresDatabase& database, const Clock& clock,
          std::shared_ptr<const Planner> planner, const ServerOptions& options)
      : log(log_text, clock),
        store(database.Open()),
        models(
            {std::make_shared<testing::FakeClassifier>(), nullptr},
            [] { return absl::UnimplementedError("not reloaded"); }, clock, log, registry),
        policies(
            std::move(planner), [] { return absl::UnimplementedError("not reloaded"); }, clock, log,
            registry),
        server(*Server::Start(options, {*store, models, policies, clock, log, registry})),
        channel(grpc::CreateChannel(absl::StrCat("127.0.0.1:", server->grpc_port()),
                                    grpc::InsecureChannelCredentials())) {}

  std::ostringstream log_text;
  Logger log;
  prometheus::Registry registry;
  std::unique_ptr<Store> store;
  Models models;
  Policies policies;
  std::unique_ptr<Server> server;
  std::shared_ptr<grpc::Channel> channel;
};

class ReplicasTest : public ::testing::Test {
 protected:
  void Start(const Pacing& pacing, std::shared_ptr<const Planner> planner = nullptr,
             absl::Duration sweep_interval = absl::Hours(1)) {
    if (planner == nullptr) planner = std::make_shared<const Planner>(testing::TwoStepPlanner());
    ServerOptions options;
    options.grpc_address = "127.0.0.1:0";
    options.tenants = {"acme"};
    options.sweep_interval = sweep_interval;
    options.pacing = pacing;
    for (int i = 0; i < 2; ++i) {
      replicas_.push_back(std::make_unique<Replica>(database_, clock_, planner, options));
    }
  }

  // A ticket of its own, which got stuck `ago`.
  static v1::TicketEvent Event(const std::string& key, const std::string& words, absl::Time at) {
    v1::TicketEvent event;
    event.set_tenant("acme");
    event.set_source("jira");
    event.set_event_id(absl::StrCat("e-", key));
    *event.mutable_event_time() = ToProto(at);
    event.mutable_ticket()->set_key(key);
    event.mutable_ticket()->set_project("PAY");
    event.mutable_ticket()->set_title(absl::StrCat("Ticket ", key));
    event.mutable_ticket()->set_description(words);
    return event;
  }

  static void Ingest(Replica& replica, const v1::TicketEvent& event) {
    v1::TicketEventService::Stub stub(replica.channel);
    grpc::ClientContext context;
    v1::IngestTicketEventRequest request;
    v1::IngestTicketEventResponse response;
    *request.mutable_event() = event;
    const grpc::Status status = stub.IngestTicketEvent(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  // Runs `work` with each replica and a number, in `each` threads of each replica at once.
  template <typename Work>
  void AtOnce(int each, Work work) {
    std::vector<std::thread> threads;
    for (size_t r = 0; r < replicas_.size(); ++r) {
      for (int i = 0; i < each; ++i) {
        threads.emplace_back([this, r, i, &work] { work(*replicas_[r], static_cast<int>(r), i); });
      }
    }
    for (std::thread& thread : threads) thread.join();
  }

  int64_t Number(const std::string& sql) { return std::stoll(database_.Value(sql)); }

  testing::PostgresDatabase database_;
  testing::FakeClock clock_;
  std::vector<std::unique_ptr<Replica>> replicas_;
};

TEST_F(ReplicasTest, FiveHundredDueStepsAreEachTakenOnce) {
  constexpr int kTickets = 500;
  Start({});
  AtOnce(4, [&](Replica& replica, int r, int thread) {
    for (int i = thread; i < kTickets / 2; i += 4) {
      const int n = r * (kTickets / 2) + i;
      Ingest(replica,
             Event(absl::StrCat("PAY-", n), absl::StrCat("[team ", n % 170, "]"), clock_.Now()));
    }
  });
  clock_.Advance(absl::Hours(1));
  AtOnce(2, [](Replica& replica, int, int) { EXPECT_THAT(replica.server->Sweep(), IsOk()); });
  EXPECT_EQ(Number("SELECT count(*) FROM escalation_steps"), kTickets);
  EXPECT_EQ(Number("SELECT count(DISTINCT blocker_id) FROM escalation_steps"), kTickets);
  EXPECT_EQ(Number("SELECT count(*) FROM blockers WHERE escalation_level = 1"), kTickets);
  double counted = 0;
  std::map<int64_t, int> mentions;
  for (const auto& replica : replicas_) {
    counted += *testing::MetricValue(replica->registry, "clearway_escalations_total",
                                     {{"level", "1"}, {"outcome", "taken"}});
  }
  EXPECT_EQ(counted, kTickets);
  const std::vector<Escalation> told = *replicas_[0]->store->EscalationsAfter("acme", 0, 1000);
  for (const Escalation& message : told) {
    if (message.members.empty()) ++mentions[message.blocker_id];
    for (const EscalationMember& member : message.members) ++mentions[member.blocker_id];
  }
  EXPECT_THAT(mentions, SizeIs(kTickets));
  for (const auto& [blocker, count] : mentions) EXPECT_EQ(count, 1) << blocker;
}

// Both take steps of different tickets for one recipient, so no lock of a ticket is between them.
TEST_F(ReplicasTest, ARecipientsLimitHoldsForAllOfThemTogether) {
  const absl::StatusOr<EscalationPolicy> policy = ParsePolicy(
      "ladders:\n  - name: all\n    steps:\n      - {after: 1h, target: MANAGER, channel: mail}\n"
      "route: {ladder: all, rate_limit: {count: 3, window: 1d}}\n",
      "p.yaml");
  ASSERT_THAT(policy, IsOk());
  Start({}, std::make_shared<const Planner>(*policy, *BuiltInPlaybooks()));
  AtOnce(4, [&](Replica& replica, int r, int thread) {
    for (int i = 0; i < 15; ++i) {
      const std::string key = absl::StrCat(r, "-", thread, "-", i);
      Ingest(replica, Event(key, absl::StrCat("[team ", key, "]"), clock_.Now() - absl::Hours(2)));
    }
  });
  EXPECT_EQ(Number("SELECT count(*) FROM escalations"), 3);
  EXPECT_EQ(Number("SELECT count(*) FROM blockers WHERE escalation_level = 0"), 117);
}

TEST_F(ReplicasTest, ThePaceHoldsForAllOfThemTogether) {
  Start({.per_minute = 5, .gather = absl::ZeroDuration()});
  AtOnce(4, [&](Replica& replica, int r, int thread) {
    for (int i = 0; i < 10; ++i) {
      const std::string key = absl::StrCat(r, "-", thread, "-", i);
      Ingest(replica, Event(key, absl::StrCat("[team ", key, "]"), clock_.Now() - absl::Hours(2)));
    }
  });
  EXPECT_EQ(Number("SELECT count(*) FROM escalations"), 5);
  clock_.Advance(absl::Minutes(1));
  AtOnce(1, [](Replica& replica, int, int) { EXPECT_THAT(replica.server->Sweep(), IsOk()); });
  EXPECT_EQ(Number("SELECT count(*) FROM escalations"), 10);
}

TEST_F(ReplicasTest, TwoThatSweepAtOnceTellOnePartyOnce) {
  Start({.per_minute = 0, .gather = absl::Minutes(5)});
  for (int i = 0; i < 40; ++i) {
    Ingest(*replicas_[0], Event(absl::StrCat("PAY-", i), "[legal]", clock_.Now()));
  }
  clock_.Advance(absl::Hours(1));
  AtOnce(2, [](Replica& replica, int, int) { EXPECT_THAT(replica.server->Sweep(), IsOk()); });
  const std::vector<Escalation> told = *replicas_[0]->store->EscalationsAfter("acme", 0, 100);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0].members, SizeIs(40));
}

// The watcher's connection ends again and again, and each time it goes on at another replica.
TEST_F(ReplicasTest, AWatcherThatReconnectsAnywhereMissesNothing) {
  constexpr int kTickets = 240;
  Start({}, nullptr, absl::Milliseconds(20));
  std::set<std::string> heard;
  std::thread watcher([&] {
    std::string cursor = "0";
    for (int connection = 0; heard.size() < kTickets; ++connection) {
      Replica& replica = *replicas_[static_cast<size_t>(connection) % replicas_.size()];
      v1::EscalationService::Stub stub(replica.channel);
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
      v1::WatchEscalationsRequest request;
      request.set_parent("tenants/acme");
      request.set_cursor(cursor);
      const auto stream = stub.WatchEscalations(&context, request);
      v1::WatchEscalationsResponse response;
      int64_t last = std::stoll(cursor);
      for (int read = 0; read < 1 + connection % 7 && heard.size() < kTickets; ++read) {
        if (!stream->Read(&response)) {
          ADD_FAILURE() << stream->Finish().error_message();
          return;
        }
        if (!response.has_escalation()) continue;
        EXPECT_GT(std::stoll(response.cursor()), last) << "in the order of their ids";
        last = std::stoll(response.cursor());
        cursor = response.cursor();
        heard.insert(response.escalation().name());
      }
      context.TryCancel();
    }
  });
  AtOnce(4, [&](Replica& replica, int r, int thread) {
    for (int i = 0; i < kTickets / 8; ++i) {
      const std::string key = absl::StrCat(r, "-", thread, "-", i);
      Ingest(replica, Event(key, absl::StrCat("[team ", key, "]"), clock_.Now() - absl::Hours(2)));
    }
  });
  watcher.join();
  EXPECT_THAT(heard, SizeIs(kTickets));
  EXPECT_EQ(Number("SELECT count(*) FROM escalations"), kTickets);
}

}  // namespace
}  // namespace clearway
