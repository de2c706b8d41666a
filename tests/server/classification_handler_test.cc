#include "service/server/classification_handler.h"

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::FieldsAtFault;
using ::clearway::testing::GrpcStatusIs;
using ::testing::ElementsAre;

class ClassificationHandlerTest : public testing::ServerFixture {
 protected:
  using ServerFixture::ServerFixture;

  grpc::Status Classify(const v1::ClassifyTicketRequest& request) {
    return Call(&v1::ClassificationService::Stub::ClassifyTicket, request, &response_);
  }
  grpc::Status Classify(const v1::BatchClassifyTicketsRequest& request) {
    return Call(&v1::ClassificationService::Stub::BatchClassifyTickets, request, &batch_response_);
  }

  v1::ClassifyTicketResponse response_;
  v1::BatchClassifyTicketsResponse batch_response_;
};

v1::ClassifyTicketRequest Request(const std::string& words) {
  v1::ClassifyTicketRequest request;
  request.mutable_ticket()->set_description(words);
  return request;
}

TEST_F(ClassificationHandlerTest, TicketWithoutKeyIsClassifiedAndNotStored) {
  ASSERT_THAT(Classify(Request("waiting for [legal]")), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.classification().category(), v1::CATEGORY_CROSS_TEAM);
  EXPECT_EQ(response_.classification().model_version(), "fake-1");
  EXPECT_TRUE(store_->ListBlockers("acme", {}, {})->rows.empty());
}

TEST_F(ClassificationHandlerTest, LargeTicketIsClassifiedToo) {
  ASSERT_THAT(Classify(Request(std::string(500 << 10, 'x') + "[build]")),
              GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.classification().category(), v1::CATEGORY_TECHNICAL);
}

TEST_F(ClassificationHandlerTest, MissingTicketIsRefused) {
  const grpc::Status status = Classify(v1::ClassifyTicketRequest());
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("ticket"));
}

// A server whose tenant acme is content with nothing.
class ReviewedClassificationTest : public ClassificationHandlerTest {
 protected:
  ReviewedClassificationTest() : ClassificationHandlerTest(Doubting()) {}
  static ServerOptions Doubting() {
    ServerOptions options;
    options.review = ReviewPolicy({}, {{"acme", {1, 1}}});
    return options;
  }
};

TEST_F(ReviewedClassificationTest, TenantsSeeTheirOwnThresholds) {
  v1::ClassifyTicketRequest request = Request("waiting for [legal]");
  ASSERT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.classification().category(), v1::CATEGORY_CROSS_TEAM) << "nobody's";
  request.set_tenant("globex");
  ASSERT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.classification().category(), v1::CATEGORY_CROSS_TEAM);
  request.set_tenant("acme");
  ASSERT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response_.classification().category(), v1::CATEGORY_NEEDS_REVIEW);
  EXPECT_EQ(response_.classification().likeliest_category(), v1::CATEGORY_CROSS_TEAM);
  EXPECT_EQ(response_.classification().evidence_size(), 1);
}

TEST_F(ReviewedClassificationTest, EachOfABatchHasItsTenant) {
  v1::BatchClassifyTicketsRequest request;
  *request.add_requests() = Request("[legal]");
  *request.add_requests() = Request("[legal]");
  request.mutable_requests(1)->set_tenant("acme");
  ASSERT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(batch_response_.classifications(0).category(), v1::CATEGORY_CROSS_TEAM);
  EXPECT_EQ(batch_response_.classifications(1).category(), v1::CATEGORY_NEEDS_REVIEW);
  request.mutable_requests(1)->set_tenant("initech");
  EXPECT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  request.mutable_requests(1)->set_tenant("No Tenant");
  const grpc::Status status = Classify(request);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("requests[1].tenant"));
}

TEST_F(ReviewedClassificationTest, VerdictsLeftToReviewAreCounted) {
  EXPECT_FALSE(Ingested(Event("e1", "waiting for [legal]")).has_blocker());
  EXPECT_EQ(Metric("clearway_verdicts_left_to_review_total", {{"likeliest", "CROSS_TEAM"}}), 1);
  Ingested(Event("e1", "waiting for [legal]"));
  EXPECT_EQ(Metric("clearway_verdicts_left_to_review_total", {{"likeliest", "CROSS_TEAM"}}), 1);
}

TEST_F(ClassificationHandlerTest, BatchIsAnsweredInOrder) {
  v1::BatchClassifyTicketsRequest request;
  *request.add_requests() = Request("[build]");
  *request.add_requests() = Request("fine");
  *request.add_requests() = Request("[legal]");
  ASSERT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(batch_response_.classifications_size(), 3);
  EXPECT_EQ(batch_response_.classifications(0).category(), v1::CATEGORY_TECHNICAL);
  EXPECT_EQ(batch_response_.classifications(1).category(), v1::CATEGORY_NOT_BLOCKED);
  EXPECT_EQ(batch_response_.classifications(2).category(), v1::CATEGORY_CROSS_TEAM);
}

TEST_F(ClassificationHandlerTest, OneBadTicketRefusesTheBatch) {
  v1::BatchClassifyTicketsRequest request;
  *request.add_requests() = Request("fine");
  request.add_requests()->mutable_ticket()->set_status(std::string(300, 'x'));
  const grpc::Status status = Classify(request);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("requests[1].ticket.status"));
}

TEST_F(ClassificationHandlerTest, BatchHoldsOneToAThousand) {
  v1::BatchClassifyTicketsRequest request;
  EXPECT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  for (int i = 0; i < 1000; ++i) *request.add_requests() = Request("fine");
  EXPECT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::OK));
  *request.add_requests() = Request("fine");
  EXPECT_THAT(Classify(request), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
}

TEST_F(ClassificationHandlerTest, CallsAreCountedByMethodAndCode) {
  static_cast<void>(Classify(Request("fine")));
  static_cast<void>(Classify(v1::ClassifyTicketRequest()));
  std::map<std::string, std::string> labels = {
      {"grpc_service", "clearway.v1.ClassificationService"}, {"grpc_method", "ClassifyTicket"}};
  EXPECT_EQ(Metric("grpc_server_handling_seconds", labels), 2);
  labels["grpc_code"] = "OK";
  EXPECT_EQ(Metric("grpc_server_handled_total", labels), 1);
  labels["grpc_code"] = "INVALID_ARGUMENT";
  EXPECT_EQ(Metric("grpc_server_handled_total", labels), 1);
  labels["grpc_code"] = "INTERNAL";
  EXPECT_EQ(Metric("grpc_server_handled_total", labels), 0);
}

}  // namespace
}  // namespace clearway
