#include "plugin-adapters/tracker/github/github_adapter.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "plugin-adapters/gateway/signature.h"
#include "plugin-adapters/gateway/tracker_time.h"
#include "tests/plugin-adapters/mutations.h"
#include "tests/testing/status_matchers.h"

namespace clearway::github {
namespace {

using clearway::testing::IsOk;
using clearway::testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A version 1 UUID and the 60 bits of time in it.
constexpr char kDelivery[] = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
constexpr int64_t kDeliveryTime = 0x1e3cc7872d3162e;

constexpr char kIssue[] = R"({
  "action": "labeled",
  "issue": {
    "number": 7, "title": "Ship the export", "body": "Waiting for **legal**.\r\n",
    "state": "open", "html_url": "https://github.com/octo/shop/issues/7",
    "user": {"login": "ana"}, "assignee": {"login": "bo"},
    "assignees": [{"login": "bo"}, {"login": "cy"}],
    "labels": [{"name": "blocked"}, {"name": "priority: low"}, {"name": "P1"}],
    "milestone": {"title": "Q1", "due_on": "2026-03-31T07:00:00Z"},
    "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-06T09:30:00Z", "closed_at": null,
    "issue_dependencies_summary": {"blocked_by": 2, "total_blocked_by": 3, "blocking": 0}
  },
  "repository": {"full_name": "octo/shop"},
  "sender": {"login": "dee"}
})";

constexpr char kComment[] = R"({
  "action": "created",
  "issue": {"number": 7, "title": "Ship the export", "body": null, "state": "open", "labels": [],
            "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-06T09:30:00Z"},
  "comment": {"id": 1234567890123456789, "user": {"login": "bot[bot]", "type": "Bot"},
              "body": "Any news?", "created_at": "2026-01-06T10:00:00Z",
              "updated_at": "2026-01-06T10:00:00Z"},
  "repository": {"full_name": "octo/shop"},
  "sender": {"login": "bot[bot]"}
})";

class GitHubAdapterTest : public ::testing::Test {
 protected:
  absl::StatusOr<WebhookEvents> Parse(const std::string& kind, const std::string& body) {
    Webhook webhook{{{"content-type", "application/json"}, {"x-github-delivery", delivery_}},
                    body,
                    "acme",
                    absl::FromUnixSeconds(1'800'000'000)};
    if (!kind.empty()) webhook.headers["x-github-event"] = kind;
    return GitHubAdapter().Parse(webhook);
  }

  v1::TicketEvent ParseOne(const std::string& kind, const nlohmann::json& body) {
    const absl::StatusOr<WebhookEvents> result = Parse(kind, body.dump());
    EXPECT_THAT(result, IsOk());
    if (!result.ok() || result->events.size() != 1) return {};
    return result->events[0];
  }

  std::string delivery_ = kDelivery;
};

nlohmann::json Issue() { return nlohmann::json::parse(kIssue); }
nlohmann::json Comment() { return nlohmann::json::parse(kComment); }

google::protobuf::Timestamp At(const char* time) { return ToTimestamp(*ParseTrackerTime(time)); }

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

TEST_F(GitHubAdapterTest, AnIssueIsReadInFull) {
  const v1::TicketEvent event = ParseOne("issues", Issue());
  EXPECT_EQ(event.tenant(), "acme");
  EXPECT_EQ(event.source(), "github");
  EXPECT_EQ(event.event_id(), kDelivery);
  EXPECT_TRUE(Same(event.event_time(), At("2026-01-06T09:30:00Z")));
  EXPECT_EQ(event.sequence(), kDeliveryTime);
  EXPECT_EQ(event.actor(), "dee");
  EXPECT_FALSE(event.deleted());
  const v1::Ticket& ticket = event.ticket();
  EXPECT_EQ(ticket.key(), "octo/shop#7");
  EXPECT_EQ(ticket.project(), "octo/shop");
  EXPECT_EQ(ticket.title(), "Ship the export");
  EXPECT_EQ(ticket.description(), "Waiting for **legal**.\r\n");
  EXPECT_EQ(ticket.status(), "open");
  EXPECT_FALSE(ticket.done());
  EXPECT_TRUE(ticket.flagged());
  EXPECT_THAT(ticket.labels(), ElementsAre("blocked", "priority: low", "P1"));
  EXPECT_EQ(ticket.priority(), v1::PRIORITY_HIGH);
  EXPECT_EQ(ticket.assignee(), "bo");
  EXPECT_EQ(ticket.reporter(), "ana");
  EXPECT_TRUE(Same(ticket.create_time(), At("2026-01-05T08:00:00Z")));
  EXPECT_TRUE(Same(ticket.due_time(), At("2026-03-31T07:00:00Z")));
  EXPECT_EQ(ticket.url(), "https://github.com/octo/shop/issues/7");
  EXPECT_THAT(event.ticket_mask().paths(),
              ::testing::UnorderedElementsAre("project", "title", "description", "status", "done",
                                              "flagged", "labels", "priority", "assignee",
                                              "reporter", "create_time", "due_time", "url"));
}

TEST_F(GitHubAdapterTest, WhatTheBodyLeavesOutIsNotSaid) {
  nlohmann::json body = Issue();
  for (const char* name : {"state", "labels", "milestone", "issue_dependencies_summary", "body"}) {
    body["issue"].erase(name);
  }
  const v1::TicketEvent event = ParseOne("issues", body);
  for (const char* field :
       {"status", "done", "labels", "priority", "due_time", "flagged", "description", "comments"}) {
    EXPECT_THAT(event.ticket_mask().paths(), Not(Contains(field)));
  }
  EXPECT_THAT(event.ticket_mask().paths(), Contains("title"));
}

TEST_F(GitHubAdapterTest, NullIsEmptyAndSaid) {
  nlohmann::json body = Issue();
  for (const char* name : {"body", "milestone", "assignee", "user"}) body["issue"][name] = nullptr;
  body["issue"]["assignees"] = nlohmann::json::array();
  const v1::TicketEvent event = ParseOne("issues", body);
  EXPECT_EQ(event.ticket().description(), "");
  EXPECT_EQ(event.ticket().assignee(), "");
  EXPECT_FALSE(event.ticket().has_due_time());
  for (const char* field : {"description", "assignee", "reporter", "due_time"}) {
    EXPECT_THAT(event.ticket_mask().paths(), Contains(field));
  }
}

TEST_F(GitHubAdapterTest, AClosedIssueIsDone) {
  nlohmann::json body = Issue();
  body["action"] = "closed";
  body["issue"]["state"] = "closed";
  body["issue"]["closed_at"] = "2026-01-06T09:31:00Z";
  const v1::TicketEvent event = ParseOne("issues", body);
  EXPECT_TRUE(event.ticket().done());
  EXPECT_EQ(event.ticket().status(), "closed");
  EXPECT_FALSE(event.deleted());
  EXPECT_TRUE(Same(event.event_time(), At("2026-01-06T09:31:00Z")));
}

TEST_F(GitHubAdapterTest, DeletedAndTransferredIssuesEndHere) {
  for (const char* action : {"deleted", "transferred"}) {
    nlohmann::json body = Issue();
    body["action"] = action;
    const v1::TicketEvent event = ParseOne("issues", body);
    EXPECT_TRUE(event.deleted());
    EXPECT_EQ(event.event_time().seconds(), 1'800'000'000) << "later than any edit of a comment";
    EXPECT_EQ(event.ticket().key(), "octo/shop#7");
    EXPECT_GT(event.ticket_mask().paths_size(), 0) << "an empty mask would empty every field";
  }
}

TEST_F(GitHubAdapterTest, AnUnknownActionIsASnapshot) {
  nlohmann::json body = Issue();
  body["action"] = "a_later_invention";
  EXPECT_EQ(ParseOne("issues", body).ticket().title(), "Ship the export");
}

TEST_F(GitHubAdapterTest, AMergedPullRequestIsDone) {
  nlohmann::json body = Issue();
  body["pull_request"] = body["issue"];
  body.erase("issue");
  body["action"] = "closed";
  body["pull_request"]["state"] = "closed";
  body["pull_request"]["merged"] = true;
  const v1::TicketEvent event = ParseOne("pull_request", body);
  EXPECT_EQ(event.ticket().key(), "octo/shop#7");
  EXPECT_TRUE(event.ticket().done());
  EXPECT_FALSE(event.deleted());
}

TEST_F(GitHubAdapterTest, ACommentIsAnUpsertWithAnExactId) {
  const v1::TicketEvent event = ParseOne("issue_comment", Comment());
  ASSERT_THAT(event.comment_upserts(), SizeIs(1));
  const v1::Comment& comment = event.comment_upserts(0);
  EXPECT_EQ(comment.id(), "1234567890123456789");
  EXPECT_EQ(comment.author(), "bot[bot]");
  EXPECT_EQ(comment.body(), "Any news?");
  EXPECT_TRUE(Same(comment.create_time(), At("2026-01-06T10:00:00Z")));
  EXPECT_FALSE(comment.has_update_time());
  EXPECT_TRUE(Same(event.event_time(), At("2026-01-06T10:00:00Z")));
  EXPECT_THAT(event.ticket_mask().paths(), Not(Contains("comments")));
}

TEST_F(GitHubAdapterTest, AnEditedCommentTellsWhen) {
  nlohmann::json body = Comment();
  body["action"] = "edited";
  body["comment"]["updated_at"] = "2026-01-06T11:00:00Z";
  const v1::TicketEvent event = ParseOne("issue_comment", body);
  EXPECT_TRUE(Same(event.comment_upserts(0).update_time(), At("2026-01-06T11:00:00Z")));
  EXPECT_TRUE(Same(event.event_time(), At("2026-01-06T11:00:00Z")));
}

TEST_F(GitHubAdapterTest, ADeletedCommentDoesNotDeleteTheTicket) {
  nlohmann::json body = Comment();
  body["action"] = "deleted";
  const v1::TicketEvent event = ParseOne("issue_comment", body);
  EXPECT_FALSE(event.deleted());
  EXPECT_THAT(event.deleted_comment_ids(), ElementsAre("1234567890123456789"));
  EXPECT_THAT(event.comment_upserts(), SizeIs(0));
}

TEST_F(GitHubAdapterTest, ADeletionOutranksWhatItDeletesInTheSameSecond) {
  nlohmann::json deletion = Comment();
  deletion["action"] = "deleted";
  for (const auto& [earlier, later] :
       {std::pair("f0000000-cc78-11e3-81ab-4c9367dc0958", "00000000-cc79-11e3-81ab-4c9367dc0958"),
        std::pair("ffffffff-ffff-4fff-8fff-ffffffffffff", "00000000-0000-4000-8000-000000000000"),
        std::pair("", "")}) {
    delivery_ = earlier;
    const v1::TicketEvent created = ParseOne("issue_comment", Comment());
    delivery_ = later;
    const v1::TicketEvent deleted = ParseOne("issue_comment", deletion);
    EXPECT_TRUE(Same(created.event_time(), deleted.event_time()));
    EXPECT_LT(created.sequence(), deleted.sequence()) << later;
  }
}

TEST_F(GitHubAdapterTest, WithoutAUsableDeliveryTheBodyNamesTheEvent) {
  const std::string body = Issue().dump();
  for (const std::string& delivery : {std::string(), std::string(201, 'x'), std::string("a\nb")}) {
    delivery_ = delivery;
    const auto result = Parse("issues", body);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->events[0].event_id(), absl::StrCat("sha256:", Sha256Hex(body)));
  }
}

TEST_F(GitHubAdapterTest, WithoutAnyTimeTheReceiptCounts) {
  nlohmann::json body = Issue();
  body["issue"].erase("updated_at");
  body["issue"].erase("created_at");
  EXPECT_EQ(ParseOne("issues", body).event_time().seconds(), 1'800'000'000);
}

TEST_F(GitHubAdapterTest, AnAddressForScriptsIsLeftOut) {
  nlohmann::json body = Issue();
  body["issue"]["html_url"] = "javascript:alert(1)";
  EXPECT_EQ(ParseOne("issues", body).ticket().url(), "");
}

TEST_F(GitHubAdapterTest, PingAndOtherKindsGiveAReasonAndNoEvents) {
  for (const char* kind : {"ping", "push", "pull_request_review"}) {
    const auto result = Parse(kind, R"({"zen": "Keep it logically awesome."})");
    ASSERT_THAT(result, IsOk());
    EXPECT_THAT(result->events, SizeIs(0));
    EXPECT_NE(result->ignored, "");
  }
}

TEST_F(GitHubAdapterTest, BodiesThatAreNoneOfGitHubsAreInvalidAndNotQuoted) {
  EXPECT_THAT(Parse("", Issue().dump()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("X-GitHub-Event")));
  EXPECT_THAT(Parse("issues", "{}"), StatusIs(absl::StatusCode::kInvalidArgument));
  nlohmann::json body = Issue();
  body["issue"].erase("number");
  EXPECT_THAT(Parse("issues", body.dump()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("issue.number")));
  body = Issue();
  body["issue"]["title"] = {"confidential"};
  EXPECT_THAT(Parse("issues", body.dump()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr("issue.title"), Not(HasSubstr("confidential")))));
  body = Comment();
  body["comment"].erase("id");
  EXPECT_THAT(Parse("issue_comment", body.dump()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("comment.id")));
}

TEST_F(GitHubAdapterTest, AnyValueOfAnyKindGivesAnEventOrAnError) {
  for (const auto& [kind, document] :
       {std::pair("issues", Issue()), std::pair("issue_comment", Comment())}) {
    clearway::testing::ForEachMutation(
        document, [&](const nlohmann::json& body, const std::string& place) {
          const absl::StatusOr<WebhookEvents> result = Parse(kind, body.dump());
          if (!result.ok()) {
            EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument)) << place;
            return;
          }
          ASSERT_THAT(result->events, SizeIs(1)) << place;
          EXPECT_NE(result->events[0].ticket().key(), "") << place;
          EXPECT_GT(result->events[0].ticket_mask().paths_size(), 0) << place;
        });
  }
}

TEST_F(GitHubAdapterTest, TheSameRequestGivesTheSameEvent) {
  delivery_ = "";
  EXPECT_TRUE(Same(ParseOne("issues", Issue()), ParseOne("issues", Issue())));
}

TEST_F(GitHubAdapterTest, TheSignatureIsInTheSha256Header) {
  Webhook webhook;
  webhook.body = "Hello, World!";
  webhook.headers["x-hub-signature-256"] =
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  EXPECT_THAT(GitHubAdapter().VerifySignature(webhook, {"It's a Secret to Everybody"}), IsOk());
  webhook.body += " ";
  EXPECT_THAT(GitHubAdapter().VerifySignature(webhook, {"It's a Secret to Everybody"}),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

}  // namespace
}  // namespace clearway::github
