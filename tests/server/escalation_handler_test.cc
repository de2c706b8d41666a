#include "service/server/escalation_handler.h"

#include <future>

#include "tests/server/server_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway {
namespace {

using ::clearway::testing::FieldsAtFault;
using ::clearway::testing::GrpcStatusIs;
using ::clearway::testing::IsOk;
using ::testing::ElementsAre;
using Stub = v1::EscalationService::Stub;

class EscalationHandlerTest : public testing::ServerFixture {
 protected:
  grpc::Status Suggest(const v1::SuggestEscalationsRequest& request) {
    suggested_.Clear();
    return Call(&Stub::SuggestEscalations, request, &suggested_);
  }

  grpc::Status List(const v1::ListEscalationsRequest& request) {
    listed_.Clear();
    return Call(&Stub::ListEscalations, request, &listed_);
  }

  // Opens a blocker for each ticket, each waiting for another party, and lets its first step fall
  // due.
  void EscalateOnce(const std::vector<std::string>& tickets) {
    for (const std::string& ticket : tickets) {
      OpenBlocker(ticket, absl::StrCat("[team ", ticket, "]"));
    }
    clock_.Advance(absl::Hours(1));
    ASSERT_THAT(server_->Sweep(), IsOk());
  }

  v1::SuggestEscalationsResponse suggested_;
  v1::ListEscalationsResponse listed_;
};

TEST_F(EscalationHandlerTest, WholeLadderIsSuggestedForABlocker) {
  v1::SuggestEscalationsRequest request;
  request.set_blocker(OpenBlocker().name());
  ASSERT_THAT(Suggest(request), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(suggested_.escalations_size(), 2);
  EXPECT_EQ(suggested_.escalations(0).level(), 1);
  EXPECT_EQ(suggested_.escalations(0).blocker(), request.blocker());
  EXPECT_EQ(suggested_.escalations(0).name(), "");
  EXPECT_THAT(suggested_.escalations(0).rationale(), ::testing::HasSubstr("[legal]"));
  EXPECT_TRUE(store_->ListEscalations("acme", 0, {})->empty()) << "nothing is stored";
}

TEST_F(EscalationHandlerTest, TicketIsClassifiedOnTheSpot) {
  v1::SuggestEscalationsRequest request;
  request.mutable_ticket()->set_description("waiting for [legal]");
  ASSERT_THAT(Suggest(request), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(suggested_.escalations_size(), 2);
  EXPECT_EQ(suggested_.escalations(0).blocker(), "");
  request.mutable_ticket()->set_description("fine");
  ASSERT_THAT(Suggest(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(suggested_.escalations_size(), 0);
}

TEST_F(EscalationHandlerTest, SuggestingForNothingIsRefused) {
  const grpc::Status status = Suggest(v1::SuggestEscalationsRequest());
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("subject"));
  v1::SuggestEscalationsRequest bad_ticket;
  bad_ticket.mutable_ticket()->set_title(std::string(5000, 'x'));
  EXPECT_THAT(FieldsAtFault(Suggest(bad_ticket)), ElementsAre("ticket.title"));
  v1::SuggestEscalationsRequest unknown;
  unknown.set_blocker("tenants/acme/blockers/9");
  EXPECT_THAT(Suggest(unknown), GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
}

TEST_F(EscalationHandlerTest, StepsThatFellDueAreListedNewestFirst) {
  EscalateOnce({"PAY-1", "PAY-2"});
  v1::ListEscalationsRequest request;
  request.set_parent("tenants/acme");
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(listed_.escalations_size(), 2);
  EXPECT_EQ(listed_.escalations(0).name(), "tenants/acme/escalations/2");
  request.set_blocker("tenants/acme/blockers/1");
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(listed_.escalations_size(), 1);
  EXPECT_EQ(listed_.escalations(0).ticket(), "PAY-1");
}

TEST_F(EscalationHandlerTest, StepsComeInPages) {
  EscalateOnce({"PAY-1", "PAY-2", "PAY-3"});
  v1::ListEscalationsRequest request;
  request.set_parent("tenants/acme");
  request.set_page_size(2);
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(listed_.escalations_size(), 2);
  request.set_page_token(listed_.next_page_token());
  v1::ListEscalationsRequest narrower = request;
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(listed_.escalations_size(), 1);
  EXPECT_EQ(listed_.next_page_token(), "");
  narrower.set_blocker("tenants/acme/blockers/1");
  EXPECT_THAT(List(narrower), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
}

TEST_F(EscalationHandlerTest, ListOfAnotherTenantsBlockerIsRefused) {
  v1::ListEscalationsRequest request;
  request.set_parent("tenants/acme");
  request.set_blocker("tenants/globex/blockers/1");
  EXPECT_THAT(FieldsAtFault(List(request)), ElementsAre("blocker"));
}

TEST_F(EscalationHandlerTest, StepsAreCountedByLevelAndLag) {
  OpenBlocker();
  clock_.Advance(absl::Hours(1) + absl::Seconds(7));
  ASSERT_THAT(server_->Sweep(), IsOk());
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "1"}, {"outcome", "taken"}}), 1);
  EXPECT_EQ(Metric("clearway_escalations_total", {{"level", "2"}, {"outcome", "taken"}}), 0);
  EXPECT_EQ(Metric("clearway_escalation_lag_seconds"), 1);
}

class WatchTest : public EscalationHandlerTest {
 protected:
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::WatchEscalationsResponse>> reader;

    v1::WatchEscalationsResponse Next() {
      v1::WatchEscalationsResponse response;
      EXPECT_TRUE(reader->Read(&response));
      return response;
    }
  };

  std::unique_ptr<Watch> Open(const std::string& cursor,
                              const std::string& parent = "tenants/acme") {
    auto watch = std::make_unique<Watch>();
    watch->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    v1::WatchEscalationsRequest request;
    request.set_parent(parent);
    request.set_cursor(cursor);
    watch->reader = stub_.WatchEscalations(&watch->context, request);
    return watch;
  }

  Stub stub_{channel_};
};

TEST_F(WatchTest, FromNowOnSkipsWhatWasBefore) {
  EscalateOnce({"PAY-1"});
  const auto watch = Open("");
  const v1::WatchEscalationsResponse start = watch->Next();
  EXPECT_FALSE(start.has_escalation());
  EXPECT_EQ(start.cursor(), "1");
  EscalateOnce({"PAY-2"});
  const v1::WatchEscalationsResponse next = watch->Next();
  EXPECT_EQ(next.escalation().ticket(), "PAY-2");
  EXPECT_EQ(next.cursor(), "2");
}

TEST_F(WatchTest, FromTheBeginningTellsAllInOrder) {
  std::vector<std::string> tickets;
  for (int i = 0; i < 250; ++i) tickets.push_back(absl::StrCat("PAY-", i));  // several reads
  EscalateOnce(tickets);
  const auto watch = Open("0");
  EXPECT_EQ(watch->Next().cursor(), "0");
  for (int i = 1; i <= 250; ++i) ASSERT_EQ(watch->Next().cursor(), absl::StrCat(i));
}

TEST_F(WatchTest, GoesOnAfterACursor) {
  EscalateOnce({"PAY-1", "PAY-2"});
  const auto watch = Open("1");
  EXPECT_EQ(watch->Next().cursor(), "1");
  EXPECT_EQ(watch->Next().escalation().name(), "tenants/acme/escalations/2");
}

TEST_F(WatchTest, StepTakenWithAnEventIsToldToo) {
  const auto watch = Open("");
  EXPECT_EQ(watch->Next().cursor(), "0");
  clock_.Advance(absl::Hours(2));
  OpenBlocker("PAY-1");
  EXPECT_EQ(watch->Next().escalation().ticket(), "PAY-1");
}

TEST_F(WatchTest, TenantSeesItsOwnAlone) {
  const auto watch = Open("", "tenants/globex");
  watch->Next();
  EscalateOnce({"PAY-1"});
  v1::TicketEvent own = Event("g1", "waiting for [legal]");
  own.set_tenant("globex");
  Ingested(own);
  EXPECT_EQ(watch->Next().escalation().name(), "tenants/globex/escalations/2");
}

TEST_F(WatchTest, BadRequestIsRefused) {
  for (const auto& [cursor, parent, field] :
       {std::tuple{"yesterday", "tenants/acme", "cursor"},
        std::tuple{"-1", "tenants/acme", "cursor"}, std::tuple{"", "acme", "parent"}}) {
    const auto watch = Open(cursor, parent);
    v1::WatchEscalationsResponse response;
    EXPECT_FALSE(watch->reader->Read(&response));
    const grpc::Status status = watch->reader->Finish();
    EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
    EXPECT_THAT(FieldsAtFault(status), ElementsAre(field));
  }
}

TEST_F(WatchTest, DrainEndsItWithUnavailable) {
  const auto watch = Open("");
  watch->Next();
  auto drained = std::async(std::launch::async, [this] { server_->Drain(absl::Seconds(30)); });
  v1::WatchEscalationsResponse response;
  EXPECT_FALSE(watch->reader->Read(&response));
  EXPECT_THAT(watch->reader->Finish(), GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
  drained.get();
}

TEST_F(WatchTest, ClientThatGoesAwayHoldsNothingUp) {
  const auto watch = Open("0");
  watch->Next();
  watch->context.TryCancel();
  EXPECT_THAT(watch->reader->Finish(), GrpcStatusIs(grpc::StatusCode::CANCELLED));
  server_->Drain(absl::Seconds(30));
}

}  // namespace
}  // namespace clearway
