#include <string>
#include <vector>

#include "clearway/v1/replay_service.grpc.pb.h"
#include "tests/server/server_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Holds everything to be technical.
class Technician final : public Classifier {
 public:
  Classification Classify(const Ticket& /*ticket*/) const override {
    Classification verdict;
    verdict.category = Category::kTechnical;
    verdict.reason = Reason::kBuildOrTest;
    verdict.confidence = 0.8;
    verdict.model_version = version_;
    verdict.language = "en";
    return verdict;
  }
  const std::string& model_version() const override { return version_; }

 private:
  const std::string version_ = "technician-1";
};

ServerOptions WithFiles() {
  ServerOptions options;
  options.replay_folder = "/models";
  options.load_model =
      [](const std::string& file) -> absl::StatusOr<std::shared_ptr<const Classifier>> {
    if (file == "/models/other.model") return std::make_shared<Technician>();
    return absl::NotFoundError(file + ": there is no such file");
  };
  options.load_policy =
      [](const std::string& file) -> absl::StatusOr<std::shared_ptr<const Planner>> {
    return absl::InvalidArgumentError(file + ":3: no such ladder");
  };
  return options;
}

class ReplayHandlerTest : public ServerFixture {
 protected:
  ReplayHandlerTest() : ServerFixture(WithFiles()) {}

  v1::ReplayTicketEventsRequest Request(const std::string& model, bool validate_only) {
    v1::ReplayTicketEventsRequest request;
    request.set_parent("tenants/acme");
    *request.mutable_start_time() = ToProto(start_ - absl::Hours(1));
    request.set_model_file(model);
    request.set_validate_only(validate_only);
    request.set_actor("ann");
    return request;
  }

  struct Outcome {
    std::vector<v1::TicketDifference> differences;
    v1::ReplaySummary summary;
    grpc::Status status;
  };
  Outcome Replay(const v1::ReplayTicketEventsRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    v1::ReplayService::Stub stub(channel_);
    const auto stream = stub.ReplayTicketEvents(&context, request);
    Outcome outcome;
    v1::ReplayTicketEventsResponse response;
    while (stream->Read(&response)) {
      if (response.has_difference()) outcome.differences.push_back(response.difference());
      if (response.has_summary()) outcome.summary = response.summary();
    }
    outcome.status = stream->Finish();
    return outcome;
  }
  std::vector<BlockerChange> History(int64_t id) { return *store_->ListChanges("acme", id); }
};

TEST_F(ReplayHandlerTest, WhatWouldDifferIsShownAndNotWritten) {
  for (int i = 0; i < 45; ++i) OpenBlocker(absl::StrCat("PAY-", i));
  const Outcome outcome = Replay(Request("other.model", /*validate_only=*/true));
  ASSERT_THAT(outcome.status, GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_THAT(outcome.differences, SizeIs(45)) << "over several turns";
  EXPECT_EQ(outcome.summary.ticket_count(), 45);
  EXPECT_EQ(outcome.summary.event_count(), 45);
  EXPECT_EQ(outcome.summary.verdict_count(), 45);
  EXPECT_EQ(outcome.summary.model_version(), "technician-1");
  EXPECT_EQ(outcome.summary.live_model_version(), "fake-1");
  EXPECT_EQ(outcome.differences[0].verdict_then().category(), v1::CATEGORY_CROSS_TEAM);
  EXPECT_EQ(outcome.differences[0].verdict_now().category(), v1::CATEGORY_TECHNICAL);
  const std::vector<Blocker> blockers = store_->ListBlockers("acme", {}, {})->rows;
  for (const Blocker& blocker : blockers) {
    EXPECT_EQ(blocker.category, Category::kCrossTeam);
  }
  EXPECT_EQ(Metric("clearway_replayed_tickets_total", {{"result", "different"}}), 45);
}

TEST_F(ReplayHandlerTest, WhatDiffersIsWrittenWithALineOfHistoryOnce) {
  OpenBlocker();
  const Outcome outcome = Replay(Request("other.model", /*validate_only=*/false));
  ASSERT_THAT(outcome.status, GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(outcome.differences[0].blocker_now().category(), v1::CATEGORY_TECHNICAL);
  const Blocker blocker = store_->ListBlockers("acme", {}, {})->rows.front();
  EXPECT_EQ(blocker.category, Category::kTechnical);
  EXPECT_EQ(History(blocker.id).back().actor, "replay");
  EXPECT_THAT(History(blocker.id).back().note, HasSubstr("technician-1, asked by ann"));
  EXPECT_THAT(Replay(Request("other.model", false)).differences, IsEmpty());
  EXPECT_EQ(Metric("clearway_replayed_tickets_total", {{"result", "written"}}), 1);
}

TEST_F(ReplayHandlerTest, TheModelInUseAgreesWithItself) {
  OpenBlocker();
  const Outcome outcome = Replay(Request("", true));
  EXPECT_THAT(outcome.differences, IsEmpty());
  EXPECT_EQ(outcome.summary.ticket_count(), 1);
}

TEST_F(ReplayHandlerTest, AModelThatWasReloadedShowsItsDifferences) {
  OpenBlocker();
  on_disk_ = LoadedModels{std::make_shared<Technician>(), nullptr};
  ASSERT_TRUE(models_.Reload().ok());
  EXPECT_THAT(Replay(Request("", true)).differences, SizeIs(1));
}

TEST_F(ReplayHandlerTest, TicketsWithoutEventsSinceThenAreLeftOut) {
  OpenBlocker();
  v1::ReplayTicketEventsRequest request = Request("other.model", true);
  *request.mutable_start_time() = ToProto(start_ + absl::Hours(1));
  EXPECT_EQ(Replay(request).summary.ticket_count(), 0);
}

TEST_F(ReplayHandlerTest, BadRequestsAreRefused) {
  v1::ReplayTicketEventsRequest request;
  EXPECT_THAT(FieldsAtFault(Replay(request).status), UnorderedElementsAre("start_time", "actor"));
  request = Request("", false);
  request.set_policy_file("p.yaml");
  EXPECT_THAT(FieldsAtFault(Replay(request).status), UnorderedElementsAre("policy_file"));
  for (const char* name : {"../secret", "/etc/passwd", ".hidden", "a/b", "a b"}) {
    EXPECT_THAT(FieldsAtFault(Replay(Request(name, true)).status),
                UnorderedElementsAre("model_file"))
        << name;
  }
}

TEST_F(ReplayHandlerTest, FilesThatCannotBeUsedAreNamed) {
  const grpc::Status missing = Replay(Request("none.model", true)).status;
  EXPECT_THAT(missing, GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
  EXPECT_THAT(missing.error_message(), HasSubstr("/models/none.model"));
  v1::ReplayTicketEventsRequest request = Request("", true);
  request.set_policy_file("p.yaml");
  EXPECT_THAT(Replay(request).status, GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
  EXPECT_THAT(Replay(Request("", true)).status, GrpcStatusIs(grpc::StatusCode::OK))
      << "one that failed is not under way any more";
}

TEST_F(ReplayHandlerTest, AFaultOfTheStoreEndsTheStream) {
  OpenBlocker();
  store_->Break(absl::UnavailableError("gone"));
  EXPECT_THAT(Replay(Request("", true)).status, GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
  store_->Mend();
}

class NoReplayFolderTest : public ServerFixture {};

TEST_F(NoReplayFolderTest, NoFileCanBeNamed) {
  v1::ReplayTicketEventsRequest request;
  request.set_parent("tenants/acme");
  *request.mutable_start_time() = ToProto(start_);
  request.set_model_file("other.model");
  request.set_validate_only(true);
  grpc::ClientContext context;
  v1::ReplayService::Stub stub(channel_);
  const auto stream = stub.ReplayTicketEvents(&context, request);
  v1::ReplayTicketEventsResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(stream->Finish(), GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
}

}  // namespace
}  // namespace clearway::testing
