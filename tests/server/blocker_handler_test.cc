#include "service/server/blocker_handler.h"

#include <set>

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::FieldsAtFault;
using ::clearway::testing::GrpcStatusIs;
using ::testing::ElementsAre;
using Stub = v1::BlockerService::Stub;

class BlockerHandlerTest : public testing::ServerFixture {
 protected:
  grpc::Status Get(const std::string& name, v1::GetBlockerResponse* response) {
    v1::GetBlockerRequest request;
    request.set_name(name);
    return Call(&Stub::GetBlocker, request, response);
  }

  v1::Blocker Stored(const std::string& name) {
    v1::GetBlockerResponse response;
    EXPECT_THAT(Get(name, &response), GrpcStatusIs(grpc::StatusCode::OK));
    return response.blocker();
  }

  grpc::Status List(const v1::ListBlockersRequest& request) {
    list_.Clear();
    return Call(&Stub::ListBlockers, request, &list_);
  }

  grpc::Status Acknowledge(const std::string& name, const std::string& actor = "ann") {
    v1::AcknowledgeBlockerRequest request;
    request.set_name(name);
    request.set_actor(actor);
    request.set_note("on it");
    acknowledged_.Clear();
    return Call(&Stub::AcknowledgeBlocker, request, &acknowledged_);
  }

  grpc::Status Resolve(const std::string& name) {
    v1::ResolveBlockerRequest request;
    request.set_name(name);
    request.set_actor("ann");
    request.set_note("agreed by phone");
    resolved_.Clear();
    return Call(&Stub::ResolveBlocker, request, &resolved_);
  }

  v1::SubmitFeedbackRequest Feedback(const std::string& name, v1::Category category,
                                     v1::Reason reason = v1::REASON_UNSPECIFIED) {
    v1::SubmitFeedbackRequest request;
    request.set_name(name);
    request.set_actor("ann");
    request.set_category(category);
    request.set_reason(reason);
    return request;
  }

  grpc::Status Submit(const v1::SubmitFeedbackRequest& request) {
    feedback_.Clear();
    return Call(&Stub::SubmitFeedback, request, &feedback_);
  }

  v1::ListBlockersResponse list_;
  v1::AcknowledgeBlockerResponse acknowledged_;
  v1::ResolveBlockerResponse resolved_;
  v1::SubmitFeedbackResponse feedback_;
};

TEST_F(BlockerHandlerTest, GetTellsTheHistory) {
  const v1::Blocker blocker = Stored(OpenBlocker().name());
  EXPECT_EQ(blocker.ticket(), "PAY-1");
  ASSERT_EQ(blocker.history_size(), 1);
  EXPECT_EQ(blocker.history(0).to_state(), v1::BLOCKER_STATE_OPEN);
}

TEST_F(BlockerHandlerTest, UnknownBlockerIsNotFound) {
  OpenBlocker();
  v1::GetBlockerResponse response;
  EXPECT_THAT(Get("tenants/acme/blockers/99", &response),
              GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  EXPECT_THAT(Get("tenants/globex/blockers/1", &response),
              GrpcStatusIs(grpc::StatusCode::NOT_FOUND))
      << "another tenant's";
  EXPECT_THAT(Get("tenants/initech/blockers/1", &response),
              GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
}

TEST_F(BlockerHandlerTest, MalformedNameIsRefused) {
  v1::GetBlockerResponse response;
  const grpc::Status status = Get("blockers/1", &response);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("name"));
}

TEST_F(BlockerHandlerTest, PagesHoldEveryBlockerOnceNewestFirst) {
  for (int i = 1; i <= 7; ++i) OpenBlocker(absl::StrCat("PAY-", i));
  v1::ListBlockersRequest request;
  request.set_parent("tenants/acme");
  request.set_page_size(3);
  std::vector<std::string> tickets;
  int pages = 0;
  do {
    ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
    for (const v1::Blocker& blocker : list_.blockers()) tickets.push_back(blocker.ticket());
    request.set_page_token(list_.next_page_token());
    ++pages;
  } while (!list_.next_page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(tickets, ElementsAre("PAY-7", "PAY-6", "PAY-5", "PAY-4", "PAY-3", "PAY-2", "PAY-1"));
}

TEST_F(BlockerHandlerTest, LastPageThatIsFullHasNoToken) {
  OpenBlocker("PAY-1");
  OpenBlocker("PAY-2");
  v1::ListBlockersRequest request;
  request.set_parent("tenants/acme");
  request.set_page_size(2);
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(list_.blockers_size(), 2);
  EXPECT_EQ(list_.next_page_token(), "");
}

TEST_F(BlockerHandlerTest, FilterChooses) {
  OpenBlocker("PAY-1");
  OpenBlocker("PAY-2");
  v1::ListBlockersRequest request;
  request.set_parent("tenants/acme");
  request.set_filter("state = OPEN AND ticket = \"PAY-2\"");
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(list_.blockers_size(), 1);
  EXPECT_EQ(list_.blockers(0).ticket(), "PAY-2");
  EXPECT_EQ(list_.blockers(0).history_size(), 0);
}

struct BadListCase {
  const char* name;
  const char* parent;
  int page_size;
  const char* page_token;
  const char* filter;
  const char* field;
};

class BadListTest : public BlockerHandlerTest, public ::testing::WithParamInterface<BadListCase> {};

TEST_P(BadListTest, IsRefused) {
  v1::ListBlockersRequest request;
  request.set_parent(GetParam().parent);
  request.set_page_size(GetParam().page_size);
  request.set_page_token(GetParam().page_token);
  request.set_filter(GetParam().filter);
  const grpc::Status status = List(request);
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre(GetParam().field));
}

const BadListCase kBadLists[] = {
    {"NoParent", "", 0, "", "", "parent"},
    {"MalformedParent", "tenants/Acme", 0, "", "", "parent"},
    {"NegativeSize", "tenants/acme", -1, "", "", "page_size"},
    {"GarbageToken", "tenants/acme", 0, "garbage!", "", "page_token"},
    {"BadFilter", "tenants/acme", 0, "", "colour = red", "filter"},
};
INSTANTIATE_TEST_SUITE_P(All, BadListTest, ::testing::ValuesIn(kBadLists),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(BlockerHandlerTest, TokenOfAnotherListIsRefused) {
  OpenBlocker("PAY-1");
  OpenBlocker("PAY-2");
  v1::ListBlockersRequest request;
  request.set_parent("tenants/acme");
  request.set_page_size(1);
  ASSERT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK));
  request.set_page_token(list_.next_page_token());
  v1::ListBlockersRequest other_filter = request;
  other_filter.set_filter("state = OPEN");
  EXPECT_THAT(List(other_filter), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  v1::ListBlockersRequest other_parent = request;
  other_parent.set_parent("tenants/globex");
  EXPECT_THAT(List(other_parent), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  request.set_page_size(50);
  EXPECT_THAT(List(request), GrpcStatusIs(grpc::StatusCode::OK)) << "the size may change";
}

TEST_F(BlockerHandlerTest, AcknowledgingIsStoredAndRepeatable) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Acknowledge(name), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(acknowledged_.blocker().state(), v1::BLOCKER_STATE_ACKNOWLEDGED);
  EXPECT_FALSE(acknowledged_.blocker().has_next_escalation_time());
  ASSERT_THAT(Acknowledge(name, "bob"), GrpcStatusIs(grpc::StatusCode::OK));
  const v1::Blocker stored = Stored(name);
  ASSERT_EQ(stored.history_size(), 2);
  EXPECT_EQ(stored.history(1).actor(), "ann");
  EXPECT_EQ(stored.history(1).note(), "on it");
}

TEST_F(BlockerHandlerTest, AcknowledgingAResolvedOneIsRefused) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Resolve(name), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_THAT(Acknowledge(name), GrpcStatusIs(grpc::StatusCode::FAILED_PRECONDITION));
}

TEST_F(BlockerHandlerTest, ActingWithoutANameOnItIsRefused) {
  const std::string name = OpenBlocker().name();
  const grpc::Status status = Acknowledge(name, "");
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("actor"));
  EXPECT_EQ(Stored(name).state(), v1::BLOCKER_STATE_OPEN);
}

TEST_F(BlockerHandlerTest, ActingOnAnUnknownBlockerIsNotFound) {
  EXPECT_THAT(Acknowledge("tenants/acme/blockers/9"), GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  EXPECT_THAT(Resolve("tenants/acme/blockers/9"), GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  EXPECT_THAT(Submit(Feedback("tenants/acme/blockers/9", v1::CATEGORY_RESOURCE)),
              GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
}

TEST_F(BlockerHandlerTest, ResolvedByAPersonItStaysSoUntilTheWordsChange) {
  const std::string name = OpenBlocker().name();
  clock_.Advance(absl::Minutes(5));
  ASSERT_THAT(Resolve(name), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(resolved_.blocker().state(), v1::BLOCKER_STATE_RESOLVED);
  ASSERT_THAT(Resolve(name), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(Stored(name).history_size(), 2);
  v1::TicketEvent relabelled = Event("e2", "waiting for [legal]", 400);
  relabelled.mutable_ticket()->add_labels("urgent");
  EXPECT_FALSE(Ingested(relabelled).has_blocker());
  EXPECT_EQ(Ingested(Event("e3", "waiting for [legal] again", 500)).blocker().name(), name);
  EXPECT_EQ(Stored(name).reopen_count(), 1);
}

TEST_F(BlockerHandlerTest, ResolvingTwiceIsCountedOnce) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Resolve(name), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_THAT(Resolve(name), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(Metric("clearway_blockers_resolved_total", {{"category", "CROSS_TEAM"}}), 1);
  EXPECT_EQ(Metric("clearway_time_to_unblock_seconds", {{"category", "CROSS_TEAM"}}), 1);
}

TEST_F(BlockerHandlerTest, FeedbackIsStoredAndTakesEffect) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Submit(Feedback(name, v1::CATEGORY_RESOURCE, v1::REASON_STAFFING)),
              GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_FALSE(feedback_.agrees());
  EXPECT_EQ(feedback_.blocker().category(), v1::CATEGORY_RESOURCE);
  EXPECT_EQ(feedback_.classification().corrected_by(), "ann");
  EXPECT_EQ(feedback_.classification().likeliest_category(), v1::CATEGORY_CROSS_TEAM);
  const auto stored = store_->ListFeedback("acme", absl::InfinitePast(), {})->rows;
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].verdict_reason, Reason::kApprovalOrSignOff);
  EXPECT_EQ(stored[0].judgement.reason, Reason::kStaffing);
  EXPECT_EQ(stored[0].judgement.actor, "ann");
  EXPECT_EQ(stored[0].snapshot->description, "waiting for [legal]");
  EXPECT_EQ(Metric("clearway_feedback_total", {{"agrees", "false"}}), 1);
}

TEST_F(BlockerHandlerTest, FeedbackAgreesWhenCategoryAndGivenReasonDo) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Submit(Feedback(name, v1::CATEGORY_CROSS_TEAM)), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_TRUE(feedback_.agrees());
  ASSERT_THAT(Submit(Feedback(name, v1::CATEGORY_CROSS_TEAM, v1::REASON_BUY_IN_MISSING)),
              GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_FALSE(feedback_.agrees());
}

TEST_F(BlockerHandlerTest, FeedbackWithAReasonOfAnotherCategoryIsRefused) {
  const std::string name = OpenBlocker().name();
  const grpc::Status status = Submit(Feedback(name, v1::CATEGORY_RESOURCE, v1::REASON_DEFECT));
  EXPECT_THAT(status, GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("reason"));
  for (const v1::Category category :
       {v1::CATEGORY_UNSPECIFIED, v1::CATEGORY_NEEDS_REVIEW, static_cast<v1::Category>(77)}) {
    EXPECT_THAT(Submit(Feedback(name, category)), GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT));
  }
  EXPECT_TRUE(store_->ListFeedback("acme", absl::InfinitePast(), {})->rows.empty());
}

TEST_F(BlockerHandlerTest, CorrectionShowsInTheBlockerAndItsHistory) {
  const std::string name = OpenBlocker().name();
  v1::SubmitFeedbackRequest request = Feedback(name, v1::CATEGORY_RESOURCE, v1::REASON_STAFFING);
  request.set_waiting_on("HR");
  request.set_note("nobody is free");
  ASSERT_THAT(Submit(request), GrpcStatusIs(grpc::StatusCode::OK));
  Ingested(Event("e2", "still waiting for [legal]", 60));
  const v1::Blocker blocker = Stored(name);
  EXPECT_EQ(blocker.category(), v1::CATEGORY_RESOURCE);
  EXPECT_EQ(blocker.reason(), v1::REASON_STAFFING);
  EXPECT_EQ(blocker.waiting_on(), "HR");
  ASSERT_EQ(blocker.history_size(), 2);
  EXPECT_EQ(blocker.history(1).actor(), "ann");
  EXPECT_EQ(blocker.history(1).note(), "nobody is free");
}

TEST_F(BlockerHandlerTest, NotBlockedEndsTheBlockerAndIsCounted) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Submit(Feedback(name, v1::CATEGORY_NOT_BLOCKED)), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(feedback_.blocker().state(), v1::BLOCKER_STATE_RESOLVED);
  EXPECT_EQ(Metric("clearway_blockers_resolved_total", {{"category", "CROSS_TEAM"}}), 1);
  const v1::IngestTicketEventResponse later = Ingested(Event("e2", "[legal] it is", 60));
  EXPECT_FALSE(later.has_blocker());
  EXPECT_EQ(later.classification().category(), v1::CATEGORY_NOT_BLOCKED);
}

TEST_F(BlockerHandlerTest, EndedByAPersonItIsNotReopenedByAnEarlierCorrection) {
  const std::string name = OpenBlocker().name();
  ASSERT_THAT(Submit(Feedback(name, v1::CATEGORY_RESOURCE)), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_THAT(Resolve(name), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_FALSE(Ingested(Event("e2", "thanks", 60)).has_blocker());
}

TEST_F(BlockerHandlerTest, MissedBlockerIsOpenedByThePersonsWord) {
  Ingested(Event("e1", "quietly stuck"));
  v1::SubmitFeedbackRequest request =
      Feedback("", v1::CATEGORY_CROSS_TEAM, v1::REASON_APPROVAL_OR_SIGN_OFF);
  request.set_parent("tenants/acme");
  request.set_source("jira");
  request.set_ticket("PAY-1");
  ASSERT_THAT(Submit(request), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_FALSE(feedback_.agrees());
  EXPECT_EQ(feedback_.blocker().state(), v1::BLOCKER_STATE_OPEN);
  EXPECT_EQ(Stored(feedback_.blocker().name()).history(0).actor(), "ann");
  EXPECT_EQ(Metric("clearway_blockers_opened_total", {{"category", "CROSS_TEAM"}}), 1);

  request.set_ticket("PAY-9");
  EXPECT_THAT(Submit(request), GrpcStatusIs(grpc::StatusCode::NOT_FOUND));
  request.set_parent("tenants/globex");
  request.set_ticket("PAY-1");
  EXPECT_THAT(Submit(request), GrpcStatusIs(grpc::StatusCode::NOT_FOUND)) << "another tenant's";
}

TEST_F(BlockerHandlerTest, FeedbackNamesABlockerOrATicket) {
  const std::string name = OpenBlocker().name();
  grpc::Status status = Submit(Feedback("", v1::CATEGORY_RESOURCE));
  EXPECT_THAT(FieldsAtFault(status), ElementsAre("name"));
  v1::SubmitFeedbackRequest both = Feedback(name, v1::CATEGORY_RESOURCE);
  both.set_ticket("PAY-1");
  EXPECT_THAT(FieldsAtFault(Submit(both)), ElementsAre("name"));
  v1::SubmitFeedbackRequest half = Feedback("", v1::CATEGORY_RESOURCE);
  half.set_parent("tenants/acme");
  EXPECT_THAT(FieldsAtFault(Submit(half)), ElementsAre("source", "ticket"));
  v1::SubmitFeedbackRequest secondary = Feedback(name, v1::CATEGORY_RESOURCE);
  secondary.set_secondary(v1::CATEGORY_RESOURCE);
  EXPECT_THAT(FieldsAtFault(Submit(secondary)), ElementsAre("secondary"));
}

TEST_F(BlockerHandlerTest, FeedbackIsListedNewestFirstWithItsTickets) {
  const std::string name = OpenBlocker().name();
  for (const v1::Category category :
       {v1::CATEGORY_RESOURCE, v1::CATEGORY_CROSS_TEAM, v1::CATEGORY_TECHNICAL}) {
    clock_.Advance(absl::Hours(1));
    ASSERT_THAT(Submit(Feedback(name, category)), GrpcStatusIs(grpc::StatusCode::OK));
  }
  v1::ListFeedbackRequest request;
  request.set_parent("tenants/acme");
  request.set_page_size(2);
  v1::ListFeedbackResponse page;
  ASSERT_THAT(Call(&Stub::ListFeedback, request, &page), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(page.feedback_size(), 2);
  EXPECT_EQ(page.feedback(0).name(), "tenants/acme/feedback/3");
  EXPECT_EQ(page.feedback(0).category(), v1::CATEGORY_TECHNICAL);
  EXPECT_EQ(page.feedback(0).blocker(), name);
  EXPECT_EQ(page.feedback(0).snapshot().description(), "waiting for [legal]");
  request.set_page_token(page.next_page_token());
  ASSERT_THAT(Call(&Stub::ListFeedback, request, &page), GrpcStatusIs(grpc::StatusCode::OK));
  ASSERT_EQ(page.feedback_size(), 1);
  EXPECT_EQ(page.next_page_token(), "");
  *request.mutable_start_time() = ToProto(clock_.Now());
  EXPECT_THAT(Call(&Stub::ListFeedback, request, &page),
              GrpcStatusIs(grpc::StatusCode::INVALID_ARGUMENT))
      << "a token of another list";
  request.clear_page_token();
  ASSERT_THAT(Call(&Stub::ListFeedback, request, &page), GrpcStatusIs(grpc::StatusCode::OK));
  EXPECT_EQ(page.feedback_size(), 1);
}

TEST_F(BlockerHandlerTest, PagesOfLargeTicketsAreCutShortAndLoseNothing) {
  v1::TicketEvent event = Event("e1", "waiting for [legal] " + std::string(700 << 10, 'x'));
  const std::string name = Ingested(event).blocker().name();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(Submit(Feedback(name, v1::CATEGORY_CROSS_TEAM)),
                GrpcStatusIs(grpc::StatusCode::OK));
  }
  v1::ListFeedbackRequest request;
  request.set_parent("tenants/acme");
  std::vector<int> sizes;
  do {
    v1::ListFeedbackResponse page;
    ASSERT_THAT(Call(&Stub::ListFeedback, request, &page), GrpcStatusIs(grpc::StatusCode::OK));
    sizes.push_back(page.feedback_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

}  // namespace
}  // namespace clearway
