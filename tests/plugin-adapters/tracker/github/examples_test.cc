// Real payloads that nobody here wrote: every example of @octokit/webhooks-examples.

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "plugin-adapters/gateway/limits.h"
#include "plugin-adapters/tracker/github/github_adapter.h"
#include "tests/testing/status_matchers.h"

namespace clearway::github {
namespace {

using clearway::testing::IsOk;
using clearway::testing::IsOkAndHolds;

constexpr int64_t kReceived = 1'800'000'000;

bool IsRead(const std::string& kind) {
  return kind == "issues" || kind == "issue_comment" || kind == "pull_request";
}

class GitHubExamplesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(GITHUB_EXAMPLES);
    ASSERT_TRUE(file) << GITHUB_EXAMPLES << " is missing: npm ci --prefix scripts";
    examples_ = nlohmann::json::parse(file);
  }

  static absl::StatusOr<WebhookEvents> Parse(const std::string& kind, const nlohmann::json& body) {
    const Webhook webhook{
        {{"x-github-event", kind}}, body.dump(), "acme", absl::FromUnixSeconds(kReceived)};
    return GitHubAdapter().Parse(webhook);
  }

  nlohmann::json examples_;
};

void ExpectReadInFull(const nlohmann::json& body, v1::TicketEvent event) {
  const nlohmann::json& issue = body[body.contains("issue") ? "issue" : "pull_request"];
  const std::string project = body["repository"]["full_name"];
  EXPECT_EQ(event.ticket().project(), project);
  EXPECT_EQ(event.ticket().key(), absl::StrCat(project, "#", issue["number"].get<int>()));
  EXPECT_EQ(event.ticket().title(), issue["title"].get<std::string>());
  EXPECT_EQ(event.ticket().done(), issue.value("state", "") == "closed");
  EXPECT_EQ(event.ticket().labels_size(), issue.value("labels", nlohmann::json()).size());
  EXPECT_GT(event.event_time().seconds(), 1'500'000'000);
  EXPECT_EQ(event.event_time().seconds() == kReceived, event.deleted()) << "else from the body";
  EXPECT_NE(event.actor(), "");
  EXPECT_GT(event.ticket_mask().paths_size(), 0);
  const std::string action = body["action"];
  EXPECT_EQ(event.comment_upserts_size(), body.contains("comment") && action != "deleted" ? 1 : 0);
  EXPECT_EQ(event.deleted_comment_ids_size(),
            body.contains("comment") && action == "deleted" ? 1 : 0);
  EXPECT_THAT(FitToLimits(&event), IsOkAndHolds(0));
}

TEST_F(GitHubExamplesTest, EveryIssueCommentAndPullRequestGivesAnEventWithinBounds) {
  int seen = 0;
  for (const nlohmann::json& kind : examples_) {
    const std::string name = kind["name"];
    if (!IsRead(name)) continue;
    for (const nlohmann::json& body : kind["examples"]) {
      SCOPED_TRACE(absl::StrCat(name, " ", body["action"].get<std::string>()));
      const absl::StatusOr<WebhookEvents> result = Parse(name, body);
      ASSERT_THAT(result, IsOk());
      ASSERT_EQ(result->events.size(), 1U);
      ExpectReadInFull(body, result->events[0]);
      ++seen;
    }
  }
  EXPECT_GE(seen, 38) << "of issues and comments alone";
}

TEST_F(GitHubExamplesTest, EveryOtherKindIsIgnoredWithAReason) {
  for (const nlohmann::json& kind : examples_) {
    const std::string name = kind["name"];
    if (IsRead(name)) continue;
    for (const nlohmann::json& body : kind["examples"]) {
      const absl::StatusOr<WebhookEvents> result = Parse(name, body);
      ASSERT_THAT(result, IsOk()) << name;
      EXPECT_TRUE(result->events.empty()) << name;
      EXPECT_NE(result->ignored, "") << name;
    }
  }
}

}  // namespace
}  // namespace clearway::github
