#include "plugin-adapters/tracker/jira/jira_adapter.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "plugin-adapters/gateway/signature.h"
#include "plugin-adapters/gateway/tracker_time.h"
#include "tests/plugin-adapters/mutations.h"
#include "tests/testing/status_matchers.h"

namespace clearway::jira {
namespace {

using clearway::testing::IsOk;
using clearway::testing::StatusIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Shaped as Jira Cloud sends it.
constexpr char kCloudUpdate[] = R"({
  "timestamp": 1769853600123, "webhookEvent": "jira:issue_updated",
  "issue_event_type_name": "issue_generic", "user": {"accountId": "5b10", "displayName": "Ann"},
  "issue": {
    "id": "10001", "self": "https://acme.atlassian.net/rest/api/2/issue/10001", "key": "PAY-12",
    "fields": {
      "project": {"key": "PAY", "name": "Payments"}, "summary": "退款流程上线",
      "description": "Legal has not answered.",
      "status": {"name": "Blocked", "statusCategory": {"key": "indeterminate"}},
      "priority": {"name": "High"}, "labels": ["legal", "q1"],
      "assignee": {"accountId": "5b11", "displayName": "Bo"}, "reporter": null,
      "created": "2026-01-30T10:00:00.000+0800", "updated": "2026-01-31T18:00:00.123+0800",
      "duedate": "2026-02-10", "resolution": null,
      "customfield_10016": 5, "customfield_10021": null,
      "issuelinks": [
        {"type": {"inward": "is blocked by", "outward": "blocks"},
         "inwardIssue": {"key": "LEG-3", "fields": {"status": {"statusCategory": {"key": "new"}}}}},
        {"type": {"inward": "is blocked by", "outward": "blocks"},
         "inwardIssue": {"key": "LEG-2", "fields": {"status": {"statusCategory": {"key": "done"}}}}},
        {"type": {"inward": "is blocked by", "outward": "blocks"}, "outwardIssue": {"key": "PAY-20"}}]
    }
  },
  "changelog": {"id": "20042", "items": [
    {"field": "status", "fieldId": "status", "fromString": "To Do", "toString": "Blocked"}]}
})";

// Shaped as Jira Data Center sends it.
constexpr char kDataCenterComment[] = R"({
  "timestamp": 1769853600123, "webhookEvent": "jira:issue_updated",
  "issue_event_type_name": "issue_commented", "user": {"name": "ann", "key": "JIRAUSER1"},
  "issue": {
    "id": "10001", "self": "https://jira.example.com/jira/rest/api/2/issue/10001", "key": "PAY-12",
    "fields": {
      "summary": "Refunds", "status": {"name": "Open"}, "resolution": {"name": "Fixed"},
      "priority": {"name": "Blocker"}, "assignee": {"name": "bo", "key": "JIRAUSER2"},
      "comment": {"total": 2, "comments": [
        {"id": "100", "author": {"name": "bo"}, "body": "first",
         "created": "2026-01-30T10:00:00.000+0000", "updated": "2026-01-30T11:00:00.000+0000"},
        {"id": "101", "author": {"name": "ann"}, "body": "as embedded",
         "created": "2026-01-31T10:00:00.000+0000", "updated": "2026-01-31T10:00:00.000+0000"}]}
    }
  },
  "comment": {"id": "101", "author": {"name": "ann"}, "body": "any *news*, [~bo]?",
              "created": "2026-01-31T10:00:00.000+0000", "updated": "2026-01-31T10:00:00.000+0000"}
})";

constexpr char kCloudComment[] = R"({
  "timestamp": 1769853600123, "webhookEvent": "comment_created",
  "comment": {"id": "101", "author": {"accountId": "5b10"}, "updateAuthor": {"accountId": "5b10"},
    "body": {"type": "doc", "version": 1, "content": [
      {"type": "paragraph", "content": [{"type": "text", "text": "Still nothing from legal."}]}]},
    "created": "2026-01-31T18:00:00.100+0800", "updated": "2026-01-31T18:00:00.100+0800"},
  "issue": {"id": "10001", "self": "https://acme.atlassian.net/rest/api/2/10001", "key": "PAY-12",
    "fields": {"summary": "Refunds", "project": {"key": "PAY"}, "priority": {"name": "Medium"},
               "status": {"name": "Done", "statusCategory": {"key": "done"}}}}
})";

class JiraAdapterTest : public ::testing::Test {
 protected:
  absl::StatusOr<WebhookEvents> Parse(const nlohmann::json& body) {
    Webhook webhook{{}, body.dump(), "acme", absl::FromUnixSeconds(1'800'000'000)};
    if (!identifier_.empty()) webhook.headers["x-atlassian-webhook-identifier"] = identifier_;
    return JiraAdapter().Parse(webhook);
  }

  v1::TicketEvent ParseOne(const nlohmann::json& body) {
    const absl::StatusOr<WebhookEvents> result = Parse(body);
    EXPECT_THAT(result, IsOk());
    if (!result.ok() || result->events.size() != 1) return {};
    return result->events[0];
  }

  std::string identifier_ = "9f3c";
};

nlohmann::json CloudUpdate() { return nlohmann::json::parse(kCloudUpdate); }
nlohmann::json CloudComment() { return nlohmann::json::parse(kCloudComment); }
nlohmann::json DataCenterComment() { return nlohmann::json::parse(kDataCenterComment); }

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

google::protobuf::Timestamp At(const char* time) { return ToTimestamp(*ParseTrackerTime(time)); }

TEST_F(JiraAdapterTest, ACloudIssueIsReadInFull) {
  const v1::TicketEvent event = ParseOne(CloudUpdate());
  EXPECT_EQ(event.tenant(), "acme");
  EXPECT_EQ(event.source(), "jira");
  EXPECT_EQ(event.event_id(), "9f3c");
  EXPECT_TRUE(Same(event.event_time(), ToTimestamp(absl::FromUnixMillis(1769853600123))));
  EXPECT_EQ(event.sequence(), 20042);
  EXPECT_EQ(event.actor(), "5b10");
  EXPECT_FALSE(event.deleted());
  const v1::Ticket& ticket = event.ticket();
  EXPECT_EQ(ticket.key(), "PAY-12");
  EXPECT_EQ(ticket.project(), "PAY");
  EXPECT_EQ(ticket.title(), "退款流程上线");
  EXPECT_EQ(ticket.description(), "Legal has not answered.");
  EXPECT_EQ(ticket.status(), "Blocked");
  EXPECT_FALSE(ticket.done());
  EXPECT_FALSE(ticket.flagged());
  EXPECT_EQ(ticket.priority(), v1::PRIORITY_HIGH);
  EXPECT_THAT(ticket.labels(), ElementsAre("legal", "q1"));
  EXPECT_EQ(ticket.assignee(), "5b11");
  EXPECT_EQ(ticket.reporter(), "");
  EXPECT_TRUE(Same(ticket.create_time(), At("2026-01-30T02:00:00Z")));
  EXPECT_TRUE(Same(ticket.due_time(), At("2026-02-10T23:59:59Z")));
  EXPECT_EQ(ticket.url(), "https://acme.atlassian.net/browse/PAY-12");
  EXPECT_THAT(event.ticket_mask().paths(),
              UnorderedElementsAre("project", "title", "description", "status", "done", "flagged",
                                   "labels", "links", "priority", "assignee", "reporter",
                                   "create_time", "due_time", "url"));
}

TEST_F(JiraAdapterTest, LinksAreWordedFromThisSideAndSpentOnesLeftOut) {
  const v1::Ticket ticket = ParseOne(CloudUpdate()).ticket();
  ASSERT_THAT(ticket.links(), SizeIs(2));
  EXPECT_EQ(ticket.links(0).type(), "is blocked by");
  EXPECT_EQ(ticket.links(0).key(), "LEG-3");
  EXPECT_EQ(ticket.links(1).type(), "blocks");
  EXPECT_EQ(ticket.links(1).key(), "PAY-20");
}

TEST_F(JiraAdapterTest, ADataCenterIssueWithItsCommentsIsRead) {
  const v1::TicketEvent event = ParseOne(DataCenterComment());
  EXPECT_EQ(event.actor(), "ann");
  EXPECT_EQ(event.ticket().assignee(), "bo");
  EXPECT_EQ(event.ticket().project(), "PAY") << "from the key";
  EXPECT_TRUE(event.ticket().done()) << "resolved, though the status has no category";
  EXPECT_EQ(event.ticket().priority(), v1::PRIORITY_HIGHEST);
  EXPECT_EQ(event.ticket().url(), "https://jira.example.com/jira/browse/PAY-12");
  ASSERT_THAT(event.comment_upserts(), SizeIs(2)) << "each comment once";
  EXPECT_EQ(event.comment_upserts(0).id(), "101");
  EXPECT_EQ(event.comment_upserts(0).author(), "ann");
  EXPECT_EQ(event.comment_upserts(0).body(), "any *news*, [~bo]?");
  EXPECT_FALSE(event.comment_upserts(0).has_update_time());
  EXPECT_EQ(event.comment_upserts(1).id(), "100");
  EXPECT_TRUE(Same(event.comment_upserts(1).update_time(), At("2026-01-30T11:00:00Z")));
  EXPECT_THAT(event.ticket_mask().paths(), Not(Contains("comments")));
}

TEST_F(JiraAdapterTest, ACommentEventSaysOnlyWhatItsIssueCarries) {
  const v1::TicketEvent event = ParseOne(CloudComment());
  EXPECT_THAT(event.ticket_mask().paths(),
              UnorderedElementsAre("project", "title", "status", "done", "priority", "url"));
  EXPECT_TRUE(event.ticket().done());
  ASSERT_THAT(event.comment_upserts(), SizeIs(1));
  EXPECT_EQ(event.comment_upserts(0).id(), "101");
  EXPECT_EQ(event.comment_upserts(0).author(), "5b10");
  EXPECT_EQ(event.comment_upserts(0).body(), "Still nothing from legal.");
  EXPECT_EQ(event.actor(), "5b10") << "comment events name no user of their own";
}

TEST_F(JiraAdapterTest, AMaskIsNeverEmpty) {
  nlohmann::json body = CloudComment();
  body["issue"] = {{"key", "PAY-12"}};
  EXPECT_THAT(ParseOne(body).ticket_mask().paths(), ElementsAre("project"));
}

TEST_F(JiraAdapterTest, ADeletedCommentIsNamedByBothShapes) {
  nlohmann::json cloud = CloudComment();
  cloud["webhookEvent"] = "comment_deleted";
  nlohmann::json data_center = DataCenterComment();
  data_center["issue_event_type_name"] = "issue_comment_deleted";
  data_center["issue"]["fields"].erase("comment");
  for (const nlohmann::json& body : {cloud, data_center}) {
    const v1::TicketEvent event = ParseOne(body);
    EXPECT_THAT(event.deleted_comment_ids(), ElementsAre("101"));
    EXPECT_THAT(event.comment_upserts(), SizeIs(0));
    EXPECT_FALSE(event.deleted());
  }
}

TEST_F(JiraAdapterTest, ADeletedIssueEndsAfterEverythingElseOfItsInstant) {
  nlohmann::json body = CloudUpdate();
  body["webhookEvent"] = "jira:issue_deleted";
  const v1::TicketEvent event = ParseOne(body);
  EXPECT_TRUE(event.deleted());
  EXPECT_EQ(event.sequence(), std::numeric_limits<int64_t>::max());
  EXPECT_GT(event.ticket_mask().paths_size(), 0);
}

TEST_F(JiraAdapterTest, AMoveEndsTheTicketUnderItsOldKey) {
  nlohmann::json body = CloudUpdate();
  body["changelog"]["items"] = nlohmann::json::parse(
      R"([{"field": "project", "fromString": "Shop", "toString": "Payments"},
          {"field": "Key", "from": null, "fromString": "SHOP-4", "to": null, "toString": "PAY-12"}])");
  const auto result = Parse(body);
  ASSERT_THAT(result, IsOk());
  ASSERT_THAT(result->events, SizeIs(2));
  const v1::TicketEvent& end = result->events[0];
  EXPECT_TRUE(end.deleted());
  EXPECT_EQ(end.ticket().key(), "SHOP-4");
  EXPECT_EQ(end.ticket().project(), "SHOP");
  EXPECT_THAT(end.ticket_mask().paths(), ElementsAre("project"));
  EXPECT_NE(end.event_id(), result->events[1].event_id());
  EXPECT_EQ(result->events[1].ticket().key(), "PAY-12");
  EXPECT_FALSE(result->events[1].deleted());
}

struct FlagCase {
  const char* name;
  // Merged into the update's fields; as its change log's items.
  const char* fields;
  const char* items;
  bool said;
  bool flagged;
};

class JiraFlagTest : public JiraAdapterTest, public ::testing::WithParamInterface<FlagCase> {};

TEST_P(JiraFlagTest, IsReadWhereverJiraPutsIt) {
  nlohmann::json body = CloudUpdate();
  body["issue"]["fields"].erase("customfield_10016");
  body["issue"]["fields"].erase("customfield_10021");
  body["issue"]["fields"].update(nlohmann::json::parse(GetParam().fields));
  body["changelog"]["items"] = nlohmann::json::parse(GetParam().items);
  const v1::TicketEvent event = ParseOne(body);
  EXPECT_EQ(event.ticket().flagged(), GetParam().flagged);
  EXPECT_THAT(event.ticket_mask().paths(), SizeIs(GetParam().said ? 14 : 13));
}

INSTANTIATE_TEST_SUITE_P(
    All, JiraFlagTest,
    ::testing::Values(
        FlagCase{"CustomField", R"({"customfield_10777": [{"value": "Impediment"}]})", "[]", true,
                 true},
        FlagCase{"CustomFieldAsText", R"({"customfield_10777": ["impediment"]})", "[]", true, true},
        FlagCase{"OtherCustomFields", R"({"customfield_1": [{"value": "Red"}, 3],
                                          "customfield_2": "Impediment"})",
                 "[]", true, false},
        FlagCase{"NoCustomFields", "{}", "[]", false, false},
        FlagCase{"Boolean", R"({"flagged": true})", "[]", true, true},
        FlagCase{"BooleanFalse", R"({"flagged": false})", "[]", true, false},
        FlagCase{"SetInChangeLog", "{}", R"([{"field": "Flagged", "fromString": "",
                                             "toString": "障碍"}])",
                 true, true},
        FlagCase{"ClearedInChangeLog", R"({"customfield_1": null})",
                 R"([{"field": "Flagged", "fromString": "Impediment", "toString": ""}])", true,
                 false}),
    [](const auto& row) { return row.param.name; });

TEST_F(JiraAdapterTest, ADescriptionMayBeADocumentOrNullOrNothing) {
  nlohmann::json body = CloudUpdate();
  body["issue"]["fields"]["description"] = nlohmann::json::parse(
      R"({"type": "doc", "content": [{"type": "paragraph", "content": [
          {"type": "text", "text": "as a document"}]}]})");
  EXPECT_EQ(ParseOne(body).ticket().description(), "as a document");
  body["issue"]["fields"]["description"] = nullptr;
  EXPECT_EQ(ParseOne(body).ticket().description(), "");
  EXPECT_THAT(ParseOne(body).ticket_mask().paths(), Contains("description"));
  body["issue"]["fields"].erase("description");
  EXPECT_THAT(ParseOne(body).ticket_mask().paths(), Not(Contains("description")));
  body["issue"]["fields"]["description"] = 5;
  EXPECT_THAT(Parse(body), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("description")));
}

TEST_F(JiraAdapterTest, WithoutAnIdentifierTheBodyNamesTheEvent) {
  identifier_ = "";
  const v1::TicketEvent first = ParseOne(CloudUpdate());
  EXPECT_EQ(first.event_id(), absl::StrCat("sha256:", Sha256Hex(CloudUpdate().dump())));
  nlohmann::json later = CloudUpdate();
  later["timestamp"] = 1769853600124;
  EXPECT_NE(ParseOne(later).event_id(), first.event_id());
}

TEST_F(JiraAdapterTest, WithoutATimestampTheNextBestTimeCounts) {
  nlohmann::json body = CloudUpdate();
  body.erase("timestamp");
  EXPECT_TRUE(Same(ParseOne(body).event_time(), At("2026-01-31T10:00:00.123Z")));
  body["issue"]["fields"].erase("updated");
  EXPECT_EQ(ParseOne(body).event_time().seconds(), 1'800'000'000);
}

TEST_F(JiraAdapterTest, NoAddressIsMadeUpBehindAtlassiansGateway) {
  nlohmann::json body = CloudUpdate();
  body["issue"]["self"] = "https://api.atlassian.com/ex/jira/1f/rest/api/2/issue/10001";
  const v1::TicketEvent event = ParseOne(body);
  EXPECT_EQ(event.ticket().url(), "");
  EXPECT_THAT(event.ticket_mask().paths(), Not(Contains("url")));
}

TEST_F(JiraAdapterTest, OtherKindsAndCommentsWithoutIssueGiveAReasonAndNoEvents) {
  nlohmann::json no_issue = CloudComment();
  no_issue.erase("issue");
  for (const nlohmann::json& body :
       {nlohmann::json{{"webhookEvent", "sprint_started"}}, no_issue}) {
    const auto result = Parse(body);
    ASSERT_THAT(result, IsOk());
    EXPECT_THAT(result->events, SizeIs(0));
    EXPECT_NE(result->ignored, "");
  }
}

TEST_F(JiraAdapterTest, BodiesThatAreNoneOfJirasAreInvalidAndNotQuoted) {
  EXPECT_THAT(Parse(nlohmann::json::object()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("webhookEvent")));
  EXPECT_THAT(Parse({{"webhookEvent", "jira:issue_created"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("issue.key")));
  nlohmann::json body = CloudUpdate();
  body["issue"]["fields"]["labels"] = "confidential";
  EXPECT_THAT(Parse(body),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ::testing::AllOf(HasSubstr("labels"), Not(HasSubstr("confidential")))));
  body = CloudComment();
  body.erase("comment");
  EXPECT_THAT(Parse(body), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("comment.id")));
}

TEST_F(JiraAdapterTest, AnyValueOfAnyKindGivesEventsOrAReasonOrAnError) {
  for (const nlohmann::json& document : {CloudUpdate(), CloudComment(), DataCenterComment()}) {
    clearway::testing::ForEachMutation(
        document, [&](const nlohmann::json& body, const std::string& place) {
          const absl::StatusOr<WebhookEvents> result = Parse(body);
          if (!result.ok()) {
            EXPECT_THAT(result, StatusIs(absl::StatusCode::kInvalidArgument)) << place;
            return;
          }
          EXPECT_EQ(result->events.empty(), !result->ignored.empty()) << place;
          for (const v1::TicketEvent& event : result->events) {
            EXPECT_NE(event.ticket().key(), "") << place;
            EXPECT_GT(event.ticket_mask().paths_size(), 0) << place;
          }
        });
  }
}

TEST_F(JiraAdapterTest, TheSignatureIsInTheHubHeader) {
  Webhook webhook;
  webhook.body = "Hello, World!";
  webhook.headers["x-hub-signature"] =
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  EXPECT_THAT(JiraAdapter().VerifySignature(webhook, {"It's a Secret to Everybody"}), IsOk());
  EXPECT_THAT(JiraAdapter().VerifySignature(webhook, {"another"}),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

}  // namespace
}  // namespace clearway::jira
