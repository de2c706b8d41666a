#include <string>
#include <vector>

#include "clearway/v1/erasure_service.grpc.pb.h"
#include "service/base/status_macros.h"
#include "tests/server/server_fixture.h"

namespace clearway::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Service = v1::ErasureService;

class ErasureHandlerTest : public ServerFixture {
 protected:
  v1::TicketEvent Commented(const std::string& id, const std::string& author,
                            const std::string& body) {
    v1::TicketEvent event = Event(id, "waiting for [legal]");
    v1::Comment* comment = event.mutable_ticket()->add_comments();
    comment->set_id("c1");
    comment->set_author(author);
    comment->set_body(body);
    *comment->mutable_create_time() = ToProto(start_ - absl::Seconds(1));
    return event;
  }
  v1::EraseAuthorTextsRequest OfAuthor(const std::string& author) {
    v1::EraseAuthorTextsRequest request;
    request.set_parent("tenants/acme");
    request.set_author(author);
    request.set_actor("dpo");
    request.set_reason("case 7");
    return request;
  }
  v1::Erasure EraseAuthor(const std::string& author) {
    v1::EraseAuthorTextsResponse response;
    EXPECT_THAT(Call(&Service::Stub::EraseAuthorTexts, OfAuthor(author), &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    return response.erasure();
  }
  v1::ListErasuresResponse List() {
    v1::ListErasuresRequest request;
    request.set_parent("tenants/acme");
    v1::ListErasuresResponse response;
    EXPECT_THAT(Call(&Service::Stub::ListErasures, request, &response),
                GrpcStatusIs(grpc::StatusCode::OK));
    return response;
  }
  std::string Body() {
    const auto ticket = store_->GetTicket({"acme", "jira", "PAY-1"});
    return (*ticket)->state.comments.at(0).comment.body;
  }
};

TEST_F(ErasureHandlerTest, AnAuthorsTextsGoAndAreRecordedWithoutTheId) {
  Ingested(Commented("e1", "ana", "ana's words"));
  const v1::Erasure erasure = EraseAuthor("ana");
  EXPECT_EQ(erasure.kind(), v1::ERASURE_KIND_AUTHOR);
  EXPECT_EQ(erasure.subject(), AuthorSubject("acme", "ana"));
  EXPECT_EQ(erasure.actor(), "dpo");
  EXPECT_EQ(erasure.reason(), "case 7");
  EXPECT_EQ(erasure.row_count(), 2) << "ticket and event";
  EXPECT_TRUE(erasure.done());
  EXPECT_EQ(Body(), "");
  EXPECT_EQ(List().erasures(0).SerializeAsString(), erasure.SerializeAsString());
  EXPECT_EQ(List().DebugString().find("ana"), std::string::npos);
  EXPECT_EQ(Metric("clearway_erased_rows_total", {{"kind", "author"}}), 2);
}

TEST_F(ErasureHandlerTest, ADeliveryUnderANewIdBringsNothingBack) {
  Ingested(Commented("e1", "ana", "ana's words"));
  EraseAuthor("ana");
  v1::TicketEvent again = Commented("e2", "ana", "ana's words");
  *again.mutable_event_time() = ToProto(start_ + absl::Seconds(9));
  EXPECT_EQ(Ingested(again).result(), v1::INGEST_RESULT_APPLIED);
  EXPECT_EQ(Body(), "");
}

TEST_F(ErasureHandlerTest, ATicketsTextsGo) {
  Ingested(Commented("e1", "ben", "ben's words"));
  v1::EraseTicketTextsRequest request;
  request.set_parent("tenants/acme");
  request.set_source("jira");
  request.set_ticket("PAY-1");
  request.set_actor("dpo");
  v1::EraseTicketTextsResponse response;
  ASSERT_THAT(Call(&Service::Stub::EraseTicketTexts, request, &response),
              GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response.erasure().subject(), "jira/PAY-1");
  EXPECT_TRUE(response.erasure().done());
  EXPECT_EQ(Body(), "");
  EXPECT_GT(response.erasure().row_count(), 0);
  ASSERT_THAT(Call(&Service::Stub::EraseTicketTexts, request, &response),
              GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(response.erasure().row_count(), 0) << "a second time there is nothing";
}

TEST_F(ErasureHandlerTest, WhatIsMissingIsSaidAllAtOnceAndNothingIsRecorded) {
  v1::EraseTicketTextsRequest ticket;
  v1::EraseTicketTextsResponse ticket_response;
  EXPECT_THAT(FieldsAtFault(Call(&Service::Stub::EraseTicketTexts, ticket, &ticket_response)),
              UnorderedElementsAre("source", "ticket", "actor"));
  v1::EraseAuthorTextsRequest author = OfAuthor("");
  v1::EraseAuthorTextsResponse author_response;
  EXPECT_THAT(FieldsAtFault(Call(&Service::Stub::EraseAuthorTexts, author, &author_response)),
              ElementsAre("author"));
  author = OfAuthor("ana");
  author.set_parent("tenants/other");
  EXPECT_THAT(Call(&Service::Stub::EraseAuthorTexts, author, &author_response),
              GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(List().erasures_size(), 0);
}

TEST_F(ErasureHandlerTest, WhatWasCutOffIsEndedByThePurge) {
  Ingested(Commented("e1", "ana", "ana's words"));
  Erasure begun;
  begun.tenant = "acme";
  begun.kind = ErasureKind::kAuthor;
  begun.subject = AuthorSubject("acme", "ana");
  begun.time = start_;
  ASSERT_TRUE(
      store_->Transact([&](Transaction& tx) { return tx.InsertErasure(begun).status(); }).ok());
  EXPECT_TRUE(server_->Purge().ok());
  EXPECT_EQ(Body(), "");
  EXPECT_TRUE(List().erasures(0).done());
}

class RetentionTest : public ServerFixture {
 protected:
  RetentionTest()
      : ServerFixture(ServerOptions{.retention = {.raw_events = absl::Hours(48),
                                                  .resolved_blockers = absl::Hours(96),
                                                  .feedback = absl::Hours(24),
                                                  .tickets = absl::Hours(200),
                                                  .purge_interval = absl::Hours(24)}}) {}
  size_t RawEvents() {
    const auto file = store_->GetTicketFile({"acme", "jira", "PAY-1"});
    return file->has_value() ? (*file)->events.size() : 99;
  }
  void Purge() { EXPECT_TRUE(server_->Purge().ok()); }
};

TEST_F(RetentionTest, EachKindGoesWhenItsTimeIsOverAndIsRecorded) {
  Ingested(Event("e1", "waiting for [legal]"));
  Ingested(Event("e2", "fine", 1));
  clock_.Advance(absl::Hours(47));
  Purge();
  EXPECT_EQ(RawEvents(), 2U);
  clock_.Advance(absl::Hours(2));
  Purge();
  EXPECT_EQ(RawEvents(), 0U);
  EXPECT_EQ(Metric("clearway_purged_rows_total", {{"kept", "raw_events"}}), 2);
  EXPECT_EQ(store_->ListBlockers("acme", {}, {})->rows.size(), 1U);
  clock_.Advance(absl::Hours(60));
  Purge();
  EXPECT_EQ(store_->ListBlockers("acme", {}, {})->rows.size(), 0U);
  EXPECT_TRUE(store_->GetTicket({"acme", "jira", "PAY-1"})->has_value());
  clock_.Advance(absl::Hours(200));
  Purge();
  EXPECT_FALSE(store_->GetTicket({"acme", "jira", "PAY-1"})->has_value());
  std::vector<std::string> subjects;
  const std::vector<Erasure> erasures = *store_->ListErasures("acme", {});
  for (const Erasure& erasure : erasures) {
    EXPECT_EQ(erasure.kind, ErasureKind::kRetention);
    EXPECT_TRUE(erasure.done);
    subjects.push_back(erasure.subject);
  }
  EXPECT_THAT(subjects, ElementsAre("tickets", "resolved_blockers", "raw_events"));
}

TEST_F(RetentionTest, ADeletedTicketIsNoPartOfWhatHangsOnWhatAnyMore) {
  const auto linked = [&](const std::string& id, const std::string& key, const std::string& on) {
    v1::TicketEvent event = Event(id, "fine");
    *event.mutable_event_time() = ToProto(clock_.Now());
    event.mutable_ticket()->set_key(key);
    event.mutable_ticket()->add_links()->set_type("is blocked by");
    event.mutable_ticket()->mutable_links(0)->set_key(on);
    return event;
  };
  const auto root_of = [&](const std::string& key) {
    std::vector<std::string> roots;
    EXPECT_TRUE(store_
                    ->ReadLinks([&](LinkReader& links) -> absl::Status {
                      ASSIGN_OR_RETURN(const std::vector<Hanging> rows,
                                       links.RootsOf({"acme", "jira"}, {key}));
                      for (const Hanging& row : rows) roots.push_back(row.root);
                      return absl::OkStatus();
                    })
                    .ok());
    return roots;
  };
  Ingested(linked("e1", "OLD", "ROOT"));
  clock_.Advance(absl::Hours(150));
  Ingested(linked("e2", "PAY-1", "OLD"));
  ASSERT_TRUE(server_->Sweep().ok());
  ASSERT_THAT(root_of("PAY-1"), ElementsAre("ROOT"));
  clock_.Advance(absl::Hours(100));
  Purge();
  ASSERT_TRUE(server_->Sweep().ok());
  EXPECT_THAT(root_of("OLD"), IsEmpty());
  EXPECT_THAT(root_of("PAY-1"), ElementsAre("OLD")) << "that is what PAY-1 says";
}

TEST_F(RetentionTest, ATicketThatIsStuckStays) {
  Ingested(Event("e1", "waiting for [legal]"));
  clock_.Advance(absl::Hours(1000));
  Purge();
  EXPECT_TRUE(store_->GetTicket({"acme", "jira", "PAY-1"})->has_value());
}

}  // namespace
}  // namespace clearway::testing
