#include "service/server/ticket_event_handler.h"

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::FieldsAtFault;
using ::clearway::testing::GrpcStatusIs;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class TicketEventHandlerTest : public testing::ServerFixture {
 protected:
  bool AnythingStored() {
    return store_->GetTicket({"acme", "jira", "PAY-1"})->has_value() ||
           !store_->ListBlockers("acme", {}, {})->rows.empty();
  }
};

TEST_F(TicketEventHandlerTest, StuckTicketIsAnsweredWithVerdictBlockerAndSuggestion) {
  const v1::IngestTicketEventResponse response = Ingested(Event("e1", "waiting for [legal]"));
  EXPECT_EQ(response.result(), v1::INGEST_RESULT_APPLIED);
  EXPECT_EQ(response.classification().category(), v1::CATEGORY_CROSS_TEAM);
  EXPECT_EQ(response.classification().evidence(0).text(), "[legal]");
  EXPECT_EQ(response.blocker().name(), "tenants/acme/blockers/1");
  EXPECT_EQ(response.blocker().state(), v1::BLOCKER_STATE_OPEN);
  ASSERT_EQ(response.escalations_size(), 1);
  EXPECT_EQ(response.escalations(0).target(), "legal");
  EXPECT_NE(response.escalations(0).draft_message(), "");
}

TEST_F(TicketEventHandlerTest, AcknowledgedEventIsInTheStore) {
  Ingested(Event("e1", "waiting for [legal]"));
  EXPECT_TRUE(AnythingStored());
}

TEST_F(TicketEventHandlerTest, SecondDeliveryIsADuplicate) {
  Ingested(Event("e1", "waiting for [legal]"));
  EXPECT_EQ(Ingested(Event("e1", "waiting for [legal]")).result(), v1::INGEST_RESULT_DUPLICATE);
}

TEST_F(TicketEventHandlerTest, OvertakenEventIsStale) {
  Ingested(Event("e2", "waiting for [legal]", 10));
  EXPECT_EQ(Ingested(Event("e1", "fine", 5)).result(), v1::INGEST_RESULT_STALE);
}

TEST_F(TicketEventHandlerTest, BadEventNamesAllFieldsAtFaultAndStoresNothing) {
  v1::TicketEvent event = Event("", "waiting for [legal]");
  event.set_source("Jira!");
  event.mutable_ticket()->set_title(std::string(5000, 'x'));
  v1::IngestTicketEventResponse response;
  const grpc::Status status = Ingest(event, &response);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status),
              UnorderedElementsAre("event.source", "event.event_id", "event.ticket.title"));
  EXPECT_THAT(status.error_message(), HasSubstr("event.source"));
  EXPECT_FALSE(AnythingStored());
}

TEST_F(TicketEventHandlerTest, EmptyRequestIsRefused) {
  v1::IngestTicketEventResponse response;
  EXPECT_THAT(Ingest(v1::TicketEvent(), &response),
              GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
}

TEST_F(TicketEventHandlerTest, UnknownTenantIsToldWhereToAddIt) {
  v1::TicketEvent event = Event("e1", "waiting for [legal]");
  event.set_tenant("initech");
  v1::IngestTicketEventResponse response;
  const grpc::Status status = Ingest(event, &response);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  EXPECT_THAT(status.error_message(), HasSubstr("tenants:"));
  EXPECT_FALSE(AnythingStored());
}

TEST_F(TicketEventHandlerTest, MessageOverTheLimitIsRefused) {
  v1::TicketEvent event = Event("e1", "fine");
  for (int i = 0; i < 17; ++i) {
    v1::Comment* comment = event.add_comment_upserts();
    comment->set_id(absl::StrCat(i));
    comment->set_body(std::string(256 << 10, 'x'));
  }
  v1::IngestTicketEventResponse response;
  EXPECT_THAT(Ingest(event, &response), GrpcStatusIs(grpc::StatusCode::RESOURCE_EXHAUSTED));
  EXPECT_FALSE(AnythingStored());
}

TEST_F(TicketEventHandlerTest, NulAndChineseComeBackAsTheyWere) {
  std::string words("\0 法务 [legal]", 17);
  const v1::IngestTicketEventResponse response = Ingested(Event("e1", words));
  EXPECT_EQ(response.result(), v1::INGEST_RESULT_APPLIED);
  EXPECT_EQ((*store_->GetTicket({"acme", "jira", "PAY-1"}))->state.ticket.description, words);
}

TEST_F(TicketEventHandlerTest, TextThatIsNotUtf8IsRefused) {
  v1::TicketEvent event = Event("e1", "waiting for [legal]");
  event.mutable_ticket()->set_title(std::string("\xff\xfe", 2));
  v1::IngestTicketEventResponse response;
  EXPECT_THAT(Ingest(event, &response), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_FALSE(AnythingStored());
}

TEST_F(TicketEventHandlerTest, TenantsDoNotSeeEachOther) {
  Ingested(Event("e1", "waiting for [legal]"));
  v1::TicketEvent other = Event("e1", "waiting for [legal]");
  other.set_tenant("globex");
  EXPECT_EQ(Ingested(other).result(), v1::INGEST_RESULT_APPLIED);
  EXPECT_EQ(store_->ListBlockers("acme", {}, {})->rows.size(), 1U);
}

TEST_F(TicketEventHandlerTest, EventsAreCountedBySourceAndResult) {
  Ingested(Event("e1", "waiting for [legal]"));
  Ingested(Event("e1", "waiting for [legal]"));
  v1::IngestTicketEventResponse response;
  static_cast<void>(Ingest(Event("", ""), &response));
  const auto count = [this](const char* result) {
    return Metric("clearway_ticket_events_total", {{"source", "jira"}, {"result", result}});
  };
  EXPECT_EQ(count("applied"), 1);
  EXPECT_EQ(count("duplicate"), 1);
  EXPECT_EQ(count("stale"), 0);
  EXPECT_EQ(count("refused"), 1);
}

TEST_F(TicketEventHandlerTest, BlockersAndTheirEndsAreCounted) {
  Ingested(Event("e1", "waiting for [legal]"));
  Ingested(Event("e2", "fine", 60));
  const std::map<std::string, std::string> labels = {{"category", "CROSS_TEAM"}};
  EXPECT_EQ(Metric("clearway_blockers_opened_total", labels), 1);
  EXPECT_EQ(Metric("clearway_blockers_resolved_total", labels), 1);
  EXPECT_EQ(Metric("clearway_time_to_unblock_seconds", labels), 1);
  EXPECT_EQ(
      Metric("clearway_classifications_total", {{"category", "CROSS_TEAM"}, {"language", "en"}}),
      1);
}

TEST_F(TicketEventHandlerTest, TicketTextIsNotLogged) {
  Ingested(Event("e1", "secret plan [legal]"));
  v1::IngestTicketEventResponse response;
  static_cast<void>(Ingest(Event("", "secret plan"), &response));
  EXPECT_EQ(log_text_.str().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace clearway
