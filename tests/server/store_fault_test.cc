// What callers see when the store fails, and that things go on once it is mended.
#include "tests/server/server_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::GrpcStatusIs;
using ::clearway::testing::IsOk;
using ::clearway::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreFaultTest : public testing::ServerFixture {
 protected:
  grpc::Status TryIngest() {
    v1::IngestTicketEventResponse response;
    return Ingest(Event("e1", "waiting for [legal]"), &response);
  }
};

TEST_F(StoreFaultTest, IngestIsUnavailableAndCanBeRepeated) {
  store_->Break(absl::UnavailableError("the disk is full"));
  EXPECT_THAT(TryIngest(), GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
  EXPECT_EQ(Metric("clearway_ticket_events_total", {{"source", "jira"}, {"result", "failed"}}), 1);
  EXPECT_EQ(Metric("clearway_blockers_opened_total", {{"category", "CROSS_TEAM"}}), 0);
  store_->Mend();
  EXPECT_EQ(Ingested(Event("e1", "waiting for [legal]")).result(), v1::INGEST_RESULT_APPLIED);
}

TEST_F(StoreFaultTest, OurInsidesAreLoggedAndNotTold) {
  store_->Break(absl::InternalError("table blockers is gone"));
  const grpc::Status status = TryIngest();
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INTERNAL));
  EXPECT_THAT(status.error_message(), Not(HasSubstr("table")));
  server_->Drain(absl::ZeroDuration());
  EXPECT_THAT(log_text_.str(), HasSubstr("table blockers is gone"));
}

TEST_F(StoreFaultTest, StreamTellsTheFaultAndGoesOn) {
  v1::TicketEventService::Stub stub(channel_);
  grpc::ClientContext context;
  const auto stream = stub.StreamTicketEvents(&context);
  v1::StreamTicketEventsRequest request;
  v1::StreamTicketEventsResponse response;
  *request.mutable_event() = Event("e1", "waiting for [legal]");
  store_->Break(absl::UnavailableError("the disk is full"));
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.error().code(), grpc::StatusCode::UNAVAILABLE);
  store_->Mend();
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.ingested().result(), v1::INGEST_RESULT_APPLIED);
  stream->WritesDone();
  EXPECT_THAT(stream->Finish(), GrpcStatusIs(grpc::StatusCode::OK));
}

TEST_F(StoreFaultTest, ReadsPassItsStatusOn) {
  store_->Break(absl::UnavailableError("no connection"));
  v1::ListBlockersRequest request;
  request.set_parent("tenants/acme");
  v1::ListBlockersResponse response;
  EXPECT_THAT(Call(&v1::BlockerService::Stub::ListBlockers, request, &response),
              GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
}

TEST_F(StoreFaultTest, WatchEndsWithItsStatus) {
  v1::EscalationService::Stub stub(channel_);
  grpc::ClientContext context;
  v1::WatchEscalationsRequest request;
  request.set_parent("tenants/acme");
  store_->Break(absl::UnavailableError("no connection"));
  const auto reader = stub.WatchEscalations(&context, request);
  v1::WatchEscalationsResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_THAT(reader->Finish(), GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
}

TEST_F(StoreFaultTest, ServerIsNotReady) {
  store_->Break(absl::UnavailableError("no connection"));
  EXPECT_THAT(server_->CheckReady(), StatusIs(absl::StatusCode::kUnavailable));
  store_->Mend();
  EXPECT_THAT(server_->CheckReady(), IsOk());
}

TEST_F(StoreFaultTest, StepsMissedAreTakenByTheNextSweep) {
  OpenBlocker();
  clock_.Advance(absl::Hours(1));
  store_->Break(absl::UnavailableError("no connection"));
  EXPECT_THAT(server_->Sweep(), StatusIs(absl::StatusCode::kUnavailable));
  store_->Mend();
  EXPECT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(store_->ListEscalations("acme", 0, {})->size(), 1U);
}

}  // namespace
}  // namespace clearway
