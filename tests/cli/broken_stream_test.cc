// What commands do when a server dies under them. Only a fake server dies on demand.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

#include "clearway/v1/escalation_service.grpc.pb.h"
#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "tests/cli/cli_runner.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::LinesOf;
using ::clearway::testing::RunClearway;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Takes two events in and breaks off.
class DyingIngest final : public v1::TicketEventService::Service {
  grpc::Status StreamTicketEvents(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::StreamTicketEventsResponse, v1::StreamTicketEventsRequest>*
          stream) override {
    v1::StreamTicketEventsRequest request;
    for (int i = 0; i < 2 && stream->Read(&request); ++i) {
      v1::StreamTicketEventsResponse response;
      response.set_event_id(request.event().event_id());
      response.mutable_ingested()->set_result(v1::INGEST_RESULT_APPLIED);
      stream->Write(response);
    }
    return {grpc::StatusCode::UNAVAILABLE, "going down"};
  }
};

// Breaks off after every escalation; remembers the cursors it was asked for.
class DyingWatch final : public v1::EscalationService::Service {
 public:
  std::vector<std::string> cursors;

 private:
  grpc::Status WatchEscalations(grpc::ServerContext*, const v1::WatchEscalationsRequest* request,
                                grpc::ServerWriter<v1::WatchEscalationsResponse>* writer) override {
    cursors.push_back(request->cursor());
    v1::WatchEscalationsResponse response;
    response.set_cursor(absl::StrCat("c", cursors.size()));
    response.mutable_escalation()->set_ticket(absl::StrCat("PAY-", cursors.size()));
    writer->Write(response);
    return {grpc::StatusCode::UNAVAILABLE, "draining"};
  }
};

class BrokenStreamTest : public ::testing::Test {
 protected:
  BrokenStreamTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&ingest_);
    builder.RegisterService(&watch_);
    server_ = builder.BuildAndStart();
    address_ = absl::StrCat("127.0.0.1:", port);
  }

  DyingIngest ingest_;
  DyingWatch watch_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(BrokenStreamTest, IngestSaysFromWhereToSendAgain) {
  const CliResult result =
      RunClearway({"ingest", "--source", "jira", "--address", address_},
                  "{\"id\":\"A-1\"}\n{\"id\":\"A-2\"}\n{\"id\":\"A-3\"}\n{\"id\":\"A-4\"}\n");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("applied 2"));
  EXPECT_THAT(result.err, AllOf(HasSubstr("UNAVAILABLE: going down"), HasSubstr("stdin:3")));
}

TEST_F(BrokenStreamTest, WatchGoesOnFromItsLastCursor) {
  const CliResult result = RunClearway(
      {"watch", "--cursor", "c0", "--count", "3", "--format", "json", "--address", address_});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(LinesOf(result.out),
              ElementsAre(HasSubstr("PAY-1"), HasSubstr("PAY-2"), HasSubstr("PAY-3")));
  EXPECT_THAT(watch_.cursors, ElementsAre("c0", "c1", "c2"));
  EXPECT_THAT(LinesOf(result.err), SizeIs(2));
}

}  // namespace
}  // namespace clearway
