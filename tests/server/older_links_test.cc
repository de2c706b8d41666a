// A server over what an older version wrote links its tickets by itself.
#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/registry.h"

#include "service/base/status_macros.h"
#include "service/server/server.h"
#include "tests/store/conformance/backends.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/two_step_planner.h"

namespace clearway {
namespace {

using ::clearway::testing::Backend;
using ::clearway::testing::IsOk;
using ::testing::ElementsAre;

// More than one transaction takes.
constexpr int kTickets = 250;

class OlderLinksTest : public ::testing::TestWithParam<Backend> {
 protected:
  OlderLinksTest() : ground_(GetParam().make_ground(dir_.path())), store_(*ground_->Open()) {}

  // All hang on ROOT, written before links were kept.
  void PutOlderTickets() {
    EXPECT_THAT(store_->Transact([](Transaction& tx) -> absl::Status {
      for (int i = 0; i < kTickets; ++i) {
        StoredTicket ticket;
        ticket.state.ticket.key = absl::StrCat("PAY-", i);
        ticket.state.ticket.links = {{"is blocked by", "ROOT"}};
        RETURN_IF_ERROR(tx.PutTicket({"acme", "jira", ticket.state.ticket.key}, ticket));
      }
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_THAT(ground_->Execute("INSERT INTO link_backfill VALUES ('', '', '')"), IsOk());
  }
  std::unique_ptr<Server> Start() {
    ServerOptions options;
    options.grpc_address = "127.0.0.1:0";
    options.tenants = {"acme"};
    auto server = Server::Start(options, {*store_, models_, policies_, clock_, log_, registry_});
    EXPECT_THAT(server, IsOk());
    return *std::move(server);
  }
  std::vector<Root> Roots() {
    std::vector<Root> roots;
    EXPECT_THAT(store_->ReadLinks([&](LinkReader& links) -> absl::Status {
      ASSIGN_OR_RETURN(roots, links.FindRoots({"acme", "jira"}, {"ROOT"}));
      return absl::OkStatus();
    }),
                IsOk());
    return roots;
  }
  bool ToBeLinked() {
    std::optional<UnlinkedTickets> found;
    EXPECT_THAT(store_->ReadLinks([&](LinkReader& links) -> absl::Status {
      ASSIGN_OR_RETURN(found, links.FindUnlinked(1, 1));
      return absl::OkStatus();
    }),
                IsOk());
    return found.has_value();
  }

  testing::TempDir dir_;
  const std::unique_ptr<testing::Ground> ground_;
  const std::unique_ptr<Store> store_;
  testing::FakeClock clock_;
  std::ostringstream log_text_;
  Logger log_{log_text_, clock_};
  prometheus::Registry registry_;
  Models models_{{std::make_shared<testing::FakeClassifier>(), nullptr},
                 [] { return absl::UnimplementedError("not reloaded"); },
                 clock_,
                 log_,
                 registry_};
  Policies policies_{std::make_shared<const Planner>(testing::TwoStepPlanner()),
                     [] { return absl::UnimplementedError("not reloaded"); }, clock_, log_,
                     registry_};
};

TEST_P(OlderLinksTest, AreKeptBehindTheCallsAfterTheStart) {
  PutOlderTickets();
  const std::unique_ptr<Server> server = Start();
  EXPECT_THAT(server->CheckReady(), IsOk()) << "it does not wait for that";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (ToBeLinked()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  ASSERT_THAT(server->Sweep(), IsOk());
  const std::vector<Root> roots = Roots();
  ASSERT_EQ(roots.size(), 1u);
  EXPECT_EQ(roots.front().tickets, kTickets);
}

INSTANTIATE_TEST_SUITE_P(All, OlderLinksTest, ::testing::ValuesIn(testing::LastingBackends()),
                         testing::BackendName);

}  // namespace
}  // namespace clearway
