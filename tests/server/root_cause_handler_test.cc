#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "clearway/v1/root_cause_service.grpc.pb.h"
#include "tests/server/server_fixture.h"
#include "tests/testing/status_matchers.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RootCauseHandlerTest : public ServerFixture {
 protected:
  // An event of a ticket that is blocked by others.
  v1::TicketEvent Linked(const std::string& key, const std::string& words,
                         const std::vector<std::string>& blocked_by) {
    ++events_;
    v1::TicketEvent event = Event(absl::StrCat("e", events_), words, events_);
    event.mutable_ticket()->set_key(key);
    event.mutable_ticket()->set_title("title of " + key);
    for (const std::string& other : blocked_by) {
      v1::TicketLink* link = event.mutable_ticket()->add_links();
      link->set_type("is blocked by");
      link->set_key(other);
    }
    return event;
  }
  v1::GetRootCausesRequest Request() {
    v1::GetRootCausesRequest request;
    request.set_parent("tenants/acme");
    return request;
  }
  grpc::Status Get(const v1::GetRootCausesRequest& request, v1::GetRootCausesResponse* response) {
    return Call(&v1::RootCauseService::Stub::GetRootCauses, request, response);
  }
  v1::GetRootCausesResponse Got(const v1::GetRootCausesRequest& request) {
    v1::GetRootCausesResponse response;
    EXPECT_THAT(Get(request, &response), GrpcStatusIs(grpc::StatusCode::OK));
    return response;
  }

  int events_ = 0;
};

TEST_F(RootCauseHandlerTest, TellsTheRootWithItsWeightAndWhatHangsOnIt) {
  Ingested(Linked("PAY-3", "waiting for [legal]", {"PAY-2"}));
  Ingested(Linked("PAY-2", "all fine", {"PAY-1"}));
  const v1::Blocker blocker = Ingested(Linked("PAY-1", "waiting for [legal]", {})).blocker();
  clock_.Advance(absl::Hours(48));
  EXPECT_THAT(server_->Sweep(), IsOk());
  v1::GetRootCausesRequest request = Request();
  request.set_daily_cost(50);
  const v1::GetRootCausesResponse response = Got(request);
  ASSERT_EQ(response.root_causes_size(), 1);
  const v1::RootCause& root = response.root_causes(0);
  EXPECT_EQ(root.source(), "jira");
  EXPECT_EQ(root.ticket(), "PAY-1");
  EXPECT_EQ(root.title(), "title of PAY-1");
  EXPECT_EQ(root.blocker(), blocker.name());
  EXPECT_EQ(root.waiting_on(), "legal");
  EXPECT_TRUE(root.known());
  EXPECT_EQ(root.tickets(), 2);
  EXPECT_EQ(root.stuck_tickets(), 1);
  EXPECT_NEAR(absl::ToDoubleHours(FromProto(root.blocked_duration())), 48, 0.1);
  EXPECT_NEAR(root.cost(), 100, 1);
  ASSERT_EQ(root.hanging_size(), 2);
  EXPECT_EQ(root.hanging(0).ticket(), "PAY-3");
  EXPECT_TRUE(root.hanging(0).stuck());
  EXPECT_EQ(root.hanging(1).ticket(), "PAY-2");
  EXPECT_EQ(response.pending_changes(), 0);
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_GT(Metric("clearway_link_rows_written_total").value_or(0), 0);
}

TEST_F(RootCauseHandlerTest, ATicketNeverSeenAndACircleAreToldAsSuch) {
  Ingested(Linked("PAY-1", "all fine", {"LEG-1"}));
  Ingested(Linked("PAY-8", "all fine", {"PAY-9"}));
  Ingested(Linked("PAY-9", "all fine", {"PAY-8"}));
  EXPECT_THAT(server_->Sweep(), IsOk());
  const v1::GetRootCausesResponse response = Got(Request());
  ASSERT_EQ(response.root_causes_size(), 2);
  EXPECT_EQ(response.root_causes(0).ticket(), "LEG-1");
  EXPECT_FALSE(response.root_causes(0).known());
  EXPECT_EQ(response.root_causes(0).circle_tickets(), 0);
  EXPECT_EQ(response.root_causes(1).ticket(), "PAY-8");
  EXPECT_EQ(response.root_causes(1).circle_tickets(), 2);
  EXPECT_TRUE(response.root_causes(1).hanging(0).in_circle());
}

TEST_F(RootCauseHandlerTest, PagesHoldEveryRootOnceThoughTimeGoesOn) {
  for (int i = 1; i <= 5; ++i) {
    Ingested(Linked(absl::StrCat("PAY-", i), "waiting for [legal]", {absl::StrCat("LEG-", i)}));
  }
  EXPECT_THAT(server_->Sweep(), IsOk());
  v1::GetRootCausesRequest request = Request();
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    const v1::GetRootCausesResponse page = Got(request);
    for (const v1::RootCause& root : page.root_causes()) seen.push_back(root.ticket());
    request.set_page_token(page.next_page_token());
    clock_.Advance(absl::Hours(1));
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ElementsAre("LEG-1", "LEG-2", "LEG-3", "LEG-4", "LEG-5"));
}

TEST_F(RootCauseHandlerTest, OneProjectAlone) {
  v1::TicketEvent other = Linked("LEG-5", "all fine", {"LEG-6"});
  other.mutable_ticket()->set_project("LEG");
  Ingested(other);
  Ingested(Linked("PAY-1", "all fine", {"PAY-2"}));
  EXPECT_THAT(server_->Sweep(), IsOk());
  v1::GetRootCausesRequest request = Request();
  request.set_project("LEG");
  const v1::GetRootCausesResponse response = Got(request);
  ASSERT_EQ(response.root_causes_size(), 1);
  EXPECT_EQ(response.root_causes(0).ticket(), "LEG-6");
}

TEST_F(RootCauseHandlerTest, SuggestionsSayWhoIsToldInstead) {
  const v1::Blocker leaf = Ingested(Linked("PAY-2", "waiting for [legal]", {"PAY-1"})).blocker();
  Ingested(Linked("PAY-1", "waiting for [legal]", {}));
  v1::SuggestEscalationsRequest request;
  request.set_blocker(leaf.name());
  v1::SuggestEscalationsResponse response;
  EXPECT_THAT(Call(&v1::EscalationService::Stub::SuggestEscalations, request, &response),
              GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_GT(response.escalations_size(), 0);
  EXPECT_THAT(response.escalations(0).rationale(), HasSubstr("Held back: it hangs on PAY-1"));
}

TEST_F(RootCauseHandlerTest, WhatCannotBeIsRefused) {
  v1::GetRootCausesResponse response;
  v1::GetRootCausesRequest request = Request();
  request.set_page_size(-1);
  request.set_max_hanging(-1);
  request.set_daily_cost(-3);
  request.set_project(std::string(300, 'p'));
  const grpc::Status refused = Get(request, &response);
  EXPECT_THAT(refused, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(refused),
              ::testing::UnorderedElementsAre("project", "page_size", "max_hanging", "daily_cost"));
  request = Request();
  request.set_page_token("garbage");
  EXPECT_THAT(FieldsAtFault(Get(request, &response)), ElementsAre("page_token"));
  request = Request();
  request.set_parent("tenants/strangers");
  EXPECT_THAT(Get(request, &response), GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  EXPECT_THAT(Got(Request()).root_causes(), IsEmpty());
}

TEST_F(RootCauseHandlerTest, ATokenOfAnotherListIsRefused) {
  for (int i = 1; i <= 2; ++i) {
    Ingested(Linked(absl::StrCat("PAY-", i), "all fine", {absl::StrCat("LEG-", i)}));
  }
  EXPECT_THAT(server_->Sweep(), IsOk());
  v1::GetRootCausesRequest request = Request();
  request.set_page_size(1);
  request.set_page_token(Got(request).next_page_token());
  EXPECT_THAT(Got(request).root_causes(), ::testing::SizeIs(1));
  request.set_project("PAY");
  v1::GetRootCausesResponse response;
  EXPECT_THAT(FieldsAtFault(Get(request, &response)), ElementsAre("page_token"));
}

}  // namespace
}  // namespace clearway::testing
