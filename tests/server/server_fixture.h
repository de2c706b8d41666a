#pragma once

#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "prometheus/registry.h"

#include "clearway/v1/blocker_service.grpc.pb.h"
#include "clearway/v1/classification_service.grpc.pb.h"
#include "clearway/v1/escalation_service.grpc.pb.h"
#include "clearway/v1/model_service.grpc.pb.h"
#include "clearway/v1/report_service.grpc.pb.h"
#include "clearway/v1/ticket_event_service.grpc.pb.h"
#include "service/base/log.h"
#include "service/server/server.h"
#include "service/store/sqlite/sqlite_store.h"
#include "service/wire/time.h"
#include "tests/testing/fake_classifier.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/faulty_store.h"
#include "tests/testing/metrics.h"
#include "tests/testing/two_step_planner.h"

namespace clearway::testing {

// EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::NOT_FOUND))
MATCHER_P(GrpcStatusIs, code, "has that status code") {
  *result_listener << arg.error_code() << ": " << arg.error_message();
  return arg.error_code() == code;
}

// The paths of the fields that a status's google.rpc.BadRequest names.
inline std::vector<std::string> FieldsAtFault(const grpc::Status& status) {
  std::vector<std::string> fields;
  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  if (!details.ParseFromString(status.error_details())) return fields;
  for (const google::protobuf::Any& any : details.details()) {
    if (!any.UnpackTo(&bad_request)) continue;
    for (const auto& violation : bad_request.field_violations())
      fields.push_back(violation.field());
  }
  return fields;
}

// A whole server on a free port, over a store in memory, a classifier that knows three words and a
// clock that stands still. It sweeps when told.
class ServerFixture : public ::testing::Test {
 protected:
  // As many messages as there are to send.
  static ServerOptions Unpaced() {
    ServerOptions options;
    options.pacing = {};
    return options;
  }

  explicit ServerFixture(ServerOptions options = Unpaced())
      : store_(std::make_unique<FaultyStore>(OpenStore())) {
    options.grpc_address = "127.0.0.1:0";
    options.tenants = {"acme", "globex"};
    options.sweep_interval = absl::Hours(1);
    options.reopen_window = absl::Hours(24);
    auto server = Server::Start(options, {*store_, models_, policies_, clock_, log_, registry_});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->grpc_port()),
                                   grpc::InsecureChannelCredentials());
  }

  static std::unique_ptr<Store> OpenStore() { return *SqliteStore::Open({.path = ":memory:"}); }

  // Calls `method` of a new stub: Call(&v1::BlockerService::Stub::GetBlocker, request, &response).
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    Stub stub(channel_);
    return (stub.*method)(&context, request, response);
  }

  // A valid event: the whole ticket PAY-1 with the description `words`.
  v1::TicketEvent Event(const std::string& id, const std::string& words, int64_t seconds = 0) {
    v1::TicketEvent event;
    event.set_tenant("acme");
    event.set_source("jira");
    event.set_event_id(id);
    *event.mutable_event_time() = ToProto(start_ + absl::Seconds(seconds));
    event.mutable_ticket()->set_key("PAY-1");
    event.mutable_ticket()->set_project("PAY");
    event.mutable_ticket()->set_title("Release payments");
    event.mutable_ticket()->set_description(words);
    return event;
  }

  grpc::Status Ingest(const v1::TicketEvent& event, v1::IngestTicketEventResponse* response) {
    v1::IngestTicketEventRequest request;
    *request.mutable_event() = event;
    return Call(&v1::TicketEventService::Stub::IngestTicketEvent, request, response);
  }

  // The answer to an event that must be taken.
  v1::IngestTicketEventResponse Ingested(const v1::TicketEvent& event) {
    v1::IngestTicketEventResponse response;
    EXPECT_THAT(Ingest(event, &response), GrpcStatusIs(grpc::StatusCode::OK));
    return response;
  }

  // A stuck ticket's blocker.
  v1::Blocker OpenBlocker(const std::string& key = "PAY-1",
                          const std::string& words = "waiting for [legal]") {
    v1::TicketEvent event = Event(absl::StrCat("open-", key), words);
    event.mutable_ticket()->set_key(key);
    return Ingested(event).blocker();
  }

  std::optional<double> Metric(const std::string& name,
                               const std::map<std::string, std::string>& labels = {}) {
    return MetricValue(registry_, name, labels);
  }

  FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  std::ostringstream log_text_;
  Logger log_{log_text_, clock_};
  prometheus::Registry registry_;
  // What the next reload finds.
  absl::StatusOr<LoadedModels> on_disk_{LoadedModels{std::make_shared<FakeClassifier>(), nullptr}};
  Models models_{*on_disk_, [this] { return on_disk_; }, clock_, log_, registry_};
  absl::StatusOr<std::shared_ptr<const Planner>> policy_on_disk_{
      std::make_shared<const Planner>(TwoStepPlanner())};
  Policies policies_{*policy_on_disk_, [this] { return policy_on_disk_; }, clock_, log_, registry_};
  const std::unique_ptr<FaultyStore> store_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace clearway::testing
