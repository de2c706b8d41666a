#include "service/server/report_handler.h"

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::FieldsAtFault;
using ::clearway::testing::GrpcStatusIs;
using ::testing::ElementsAre;

class ReportHandlerTest : public testing::ServerFixture {
 protected:
  grpc::Status Report(const v1::GetBlockerReportRequest& request) {
    return Call(&v1::ReportService::Stub::GetBlockerReport, request, &response_);
  }

  v1::GetBlockerReportResponse response_;
};

TEST_F(ReportHandlerTest, LastThirtyDaysByDefault) {
  OpenBlocker();
  clock_.Advance(absl::Hours(2));
  v1::GetBlockerReportRequest request;
  request.set_parent("tenants/acme");
  ASSERT_THAT(Report(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(FromProto(response_.report().end_time()), clock_.Now());
  EXPECT_EQ(FromProto(response_.report().start_time()), clock_.Now() - absl::Hours(24 * 30));
  EXPECT_EQ(response_.report().total().open(), 1);
  EXPECT_EQ(response_.report().total().blocked_duration().seconds(), 7200);
  EXPECT_DOUBLE_EQ(response_.report().non_technical_share(), 1.0);
}

TEST_F(ReportHandlerTest, OtherTenantAndProjectAreLeftOut) {
  OpenBlocker();
  v1::GetBlockerReportRequest request;
  request.set_parent("tenants/globex");
  ASSERT_THAT(Report(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.report().total().open(), 0);
  request.set_parent("tenants/acme");
  request.set_project("HR");
  ASSERT_THAT(Report(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.report().total().open(), 0);
}

TEST_F(ReportHandlerTest, PeriodUpsideDownIsRefused) {
  v1::GetBlockerReportRequest request;
  request.set_parent("tenants/acme");
  *request.mutable_start_time() = ToProto(start_);
  *request.mutable_end_time() = ToProto(start_ - absl::Hours(1));
  const grpc::Status status = Report(request);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("start_time"));
}

TEST_F(ReportHandlerTest, TimeThatIsNoneIsRefused) {
  v1::GetBlockerReportRequest request;
  request.set_parent("tenants/acme");
  request.mutable_end_time()->set_nanos(-5);
  EXPECT_THAT(FieldsAtFault(Report(request)), ElementsAre("end_time"));
}

TEST_F(ReportHandlerTest, MissingParentIsRefused) {
  EXPECT_THAT(FieldsAtFault(Report(v1::GetBlockerReportRequest())), ElementsAre("parent"));
}

}  // namespace
}  // namespace clearway
