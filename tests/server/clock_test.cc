// A clock that is put back, as by a time server or after a wrong start: nothing is lost, nothing
// lasts less than no time, and no step is taken twice or waits for ever.
#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::GrpcStatusIs;
using Stub = v1::BlockerService::Stub;

class ClockTest : public testing::ServerFixture {
 protected:
  void PutBack(absl::Duration by) { clock_.Advance(-by); }

  v1::Blocker Stored(const std::string& name) {
    v1::GetBlockerRequest request;
    request.set_name(name);
    v1::GetBlockerResponse response;
    EXPECT_THAT(Call(&Stub::GetBlocker, request, &response), GrpcStatusIs(grpc::StatusCode::OK));
    return response.blocker();
  }
  v1::BlockerReport Report() {
    v1::GetBlockerReportRequest request;
    request.set_parent("tenants/acme");
    v1::GetBlockerReportResponse response;
    EXPECT_THAT(Call(&v1::ReportService::Stub::GetBlockerReport, request, &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    return response.report();
  }
  template <typename Request, typename Response>
  void Act(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
           const std::string& name) {
    Request request;
    request.set_name(name);
    request.set_actor("ann");
    Response response;
    EXPECT_THAT(Call(method, request, &response), GrpcStatusIs(grpc::StatusCode::OK));
  }
};

TEST_F(ClockTest, EventsAreTakenInAndTheirOrderIsTheSenders) {
  EXPECT_EQ(Ingested(Event("e1", "waiting for [legal]")).result(), v1::INGEST_RESULT_APPLIED);
  PutBack(absl::Hours(10));
  EXPECT_EQ(Ingested(Event("e1", "waiting for [legal]")).result(), v1::INGEST_RESULT_DUPLICATE);
  const v1::IngestTicketEventResponse freed = Ingested(Event("e2", "all is well", 60));
  EXPECT_EQ(freed.result(), v1::INGEST_RESULT_APPLIED);
  EXPECT_EQ(freed.blocker().state(), v1::BLOCKER_STATE_RESOLVED);
}

TEST_F(ClockTest, NothingEndsBeforeItBegan) {
  const std::string acknowledged = OpenBlocker("PAY-1").name();
  const std::string resolved = OpenBlocker("PAY-2").name();
  PutBack(absl::Hours(10));
  Act(&Stub::AcknowledgeBlocker, acknowledged);
  Act(&Stub::ResolveBlocker, resolved);
  EXPECT_EQ(FromProto(Stored(acknowledged).acknowledge_time()), start_);
  EXPECT_EQ(FromProto(Stored(resolved).resolve_time()), start_);
  EXPECT_EQ(Metric("clearway_blockers_resolved_total", {{"category", "CROSS_TEAM"}}), 1);

  // To a report of now they lie in the future; once it has come they count in full.
  EXPECT_EQ(Report().total().open(), 0);
  EXPECT_EQ(Report().total().blocked_duration().seconds(), 0);
  clock_.Advance(absl::Hours(12));
  const v1::BlockerReport report = Report();
  EXPECT_EQ(report.total().open(), 1);
  EXPECT_EQ(report.total().resolved(), 1);
  EXPECT_EQ(FromProto(report.total().blocked_duration()), absl::Hours(2));
  EXPECT_EQ(FromProto(report.time_to_unblock().p50()), absl::ZeroDuration());
}

TEST_F(ClockTest, AStepIsTakenOnceAtItsTime) {
  const std::string name = OpenBlocker().name();
  clock_.Advance(absl::Hours(2));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).escalation_level(), 1);
  PutBack(absl::Hours(2));
  for (int hour = 0; hour < 24; ++hour) {
    ASSERT_TRUE(server_->Sweep().ok());
    EXPECT_EQ(Stored(name).escalation_level(), 1) << hour;
    clock_.Advance(absl::Hours(1));
  }
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).escalation_level(), 2);
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "taken"}}), 1);
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "2"}, {"outcome", "taken"}}), 1);
  EXPECT_EQ(Metric("clearway_sweeps_total", {{"outcome", "failed"}}), 0);
}

TEST_F(ClockTest, ASnoozeEndsAllTheSame) {
  const std::string name = OpenBlocker().name();
  v1::SnoozeBlockerRequest request;
  request.set_name(name);
  request.set_actor("ann");
  *request.mutable_snooze_end_time() = ToProto(clock_.Now() + absl::Hours(5));
  v1::SnoozeBlockerResponse response;
  ASSERT_THAT(Call(&Stub::SnoozeBlocker, request, &response), GrpcStatusIs(grpc::StatusCode::OK));
  PutBack(absl::Hours(3));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).state(), v1::BLOCKER_STATE_SNOOZED);
  clock_.Advance(absl::Hours(8));
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_EQ(Stored(name).state(), v1::BLOCKER_STATE_OPEN);
}

}  // namespace
}  // namespace clearway
