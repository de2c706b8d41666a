#include "service/server/server.h"

#include <future>

#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/generic/generic_stub.h"

#include "tests/server/server_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::GrpcStatusIs;
using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;

// No package ships the messages of grpc.health.v1; on the wire they are a string and an enum,
// both 1.
using HealthRequest = google::protobuf::StringValue;
using HealthResponse = google::protobuf::Int32Value;
constexpr int kServing = 1;
constexpr int kNotServing = 2;

// A Health.Watch call, one operation at a time.
class HealthWatch {
 public:
  explicit HealthWatch(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    call_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    call_->StartCall(this);
    Wait();
    call_->WriteLast(HealthRequest(), {}, this);
    Wait();
  }
  ~HealthWatch() { queue_.Shutdown(); }

  // -1 when the stream has ended.
  int Next() {
    HealthResponse response;
    call_->Read(&response, this);
    return Wait() ? response.value() : -1;
  }

  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Wait();
    return status;
  }

 private:
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
    return ok;
  }

  grpc::TemplatedGenericStub<HealthRequest, HealthResponse> stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<HealthRequest, HealthResponse>> call_;
};

class ServerTest : public testing::ServerFixture {};

TEST_F(ServerTest, HealthTurnsToNotServingBeforeItDrains) {
  HealthWatch watch(channel_);
  EXPECT_EQ(watch.Next(), kServing);
  auto drained = std::async(std::launch::async, [this] { server_->Drain(absl::Seconds(60)); });
  EXPECT_EQ(watch.Next(), kNotServing);
  EXPECT_EQ(watch.Next(), -1);
  watch.Finish();
  drained.get();
}

TEST_F(ServerTest, ReadyUntilItDrains) {
  EXPECT_THAT(server_->CheckReady(), IsOk());
  server_->Drain(absl::ZeroDuration());
  EXPECT_THAT(server_->CheckReady(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, DrainedServerTakesNoCalls) {
  server_->Drain(absl::ZeroDuration());
  v1::IngestTicketEventResponse response;
  EXPECT_THAT(Ingest(Event("e1", "fine"), &response), GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
}

TEST_F(ServerTest, DrainingTwiceIsHarmless) {
  server_->Drain(absl::ZeroDuration());
  server_->Drain(absl::ZeroDuration());
}

TEST_F(ServerTest, PortIsNotSharedWithASecondServer) {
  prometheus::Registry registry;
  ServerOptions options;
  options.grpc_address = absl::StrCat("127.0.0.1:", server_->grpc_port());
  EXPECT_THAT(Server::Start(options, {*store_, models_, policies_, clock_, log_, registry}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ServerTest, GaugesFollowTheStoreWithEachSweep) {
  OpenBlocker("PAY-1");
  OpenBlocker("PAY-2");
  const std::map<std::string, std::string> labels = {
      {"category", "CROSS_TEAM"}, {"reason", "APPROVAL_OR_SIGN_OFF"}, {"project", "PAY"}};
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(Metric("clearway_blockers_open", labels), 2);
}

TEST_F(ServerTest, AllBacklogIsTakenInOneSweep) {
  for (int i = 0; i < 250; ++i) OpenBlocker(absl::StrCat("PAY-", i));  // several batches
  clock_.Advance(absl::Hours(1));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "taken"}}), 250);
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "taken"}}), 250);
}

class SmallServerTest : public testing::ServerFixture {
 protected:
  SmallServerTest() : ServerFixture({.max_deadline = absl::ZeroDuration()}) {}
};

TEST_F(SmallServerTest, CallPastTheLongestDeadlineIsNotWorkedOn) {
  v1::IngestTicketEventResponse response;
  EXPECT_THAT(Ingest(Event("e1", "waiting for [legal]"), &response),
              GrpcStatusIs(grpc::StatusCode::DEADLINE_EXCEEDED));
  v1::GetBlockerRequest request;
  request.set_name("tenants/acme/blockers/1");
  v1::GetBlockerResponse blocker;
  EXPECT_THAT(Call(&v1::BlockerService::Stub::GetBlocker, request, &blocker),
              GrpcStatusIs(grpc::StatusCode::DEADLINE_EXCEEDED));
  EXPECT_TRUE(store_->ListBlockers("acme", {}, {})->rows.empty());
}

}  // namespace
}  // namespace clearway
