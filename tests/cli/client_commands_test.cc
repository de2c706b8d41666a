// The commands that talk to clearwayd, against the real server behind a real channel.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "tests/cli/cli_runner.h"
#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::LinesOf;
using ::clearway::testing::RunClearway;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Json = nlohmann::json;

class ClientCommandsTest : public testing::ServerFixture {
 protected:
  // Runs with the server's address and tenant added.
  CliResult Run(std::vector<std::string> args, const std::string& in = "") {
    for (const std::string& arg :
         {std::string("--address"), absl::StrCat("127.0.0.1:", server_->grpc_port()),
          std::string("--tenant"), std::string("acme")}) {
      args.push_back(arg);
    }
    return RunClearway(args, in, clock_);
  }

  void OpenBlockers(int count) {
    for (int i = 1; i <= count; ++i) OpenBlocker(absl::StrCat("PAY-", i));
  }
};

TEST_F(ClientCommandsTest, ListShowsBlockersNewestFirst) {
  OpenBlockers(2);
  clock_.Advance(absl::Hours(5));
  const CliResult result = Run({"blockers", "list"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(LinesOf(result.out),
              ElementsAre(HasSubstr("TICKET"), AllOf(HasSubstr("PAY-2"), HasSubstr("5h")),
                          AllOf(HasSubstr("PAY-1"), HasSubstr("CROSS_TEAM"), HasSubstr("legal"))));
}

TEST_F(ClientCommandsTest, ListStopsAtItsLimit) {
  OpenBlockers(5);
  EXPECT_THAT(LinesOf(Run({"blockers", "list", "--format", "json", "--limit", "3"}).out),
              SizeIs(3));
  EXPECT_THAT(LinesOf(Run({"blockers", "list", "--format", "json", "--limit", "0"}).out),
              SizeIs(5));
}

TEST_F(ClientCommandsTest, FilterReachesTheServer) {
  OpenBlockers(3);
  const CliResult result =
      Run({"blockers", "list", "--format", "json", "--filter", "ticket = \"PAY-2\""});
  ASSERT_THAT(LinesOf(result.out), SizeIs(1));
  EXPECT_EQ(Json::parse(result.out)["ticket"], "PAY-2");
}

TEST_F(ClientCommandsTest, ServersRefusalIsOneLine) {
  const CliResult result = Run({"blockers", "list", "--filter", "colour = red"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(LinesOf(result.err),
              ElementsAre(AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("colour"))));
}

TEST_F(ClientCommandsTest, BlockerIsFoundByNumberAndByName) {
  const v1::Blocker blocker = OpenBlocker();
  const std::string number = blocker.name().substr(blocker.name().rfind('/') + 1);
  const CliResult by_number = Run({"blockers", "get", number});
  ASSERT_EQ(by_number.code, 0) << by_number.err;
  EXPECT_EQ(Run({"blockers", "get", blocker.name()}).out, by_number.out);
  EXPECT_THAT(by_number.out, AllOf(HasSubstr("PAY-1"), HasSubstr("OPEN"), HasSubstr("classifier")));
}

TEST_F(ClientCommandsTest, MissingBlockerIsNotFound) {
  const CliResult result = Run({"blockers", "get", "99"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("NOT_FOUND"));
}

TEST_F(ClientCommandsTest, BlockerIsTakenUpAndResolved) {
  const v1::Blocker blocker = OpenBlocker();
  const CliResult taken = Run(
      {"blockers", "ack", blocker.name(), "--actor", "anna", "--format", "json", "--note", "mine"});
  ASSERT_EQ(taken.code, 0) << taken.err;
  EXPECT_EQ(Json::parse(taken.out)["state"], "BLOCKER_STATE_ACKNOWLEDGED");
  const CliResult ended =
      Run({"blockers", "resolve", blocker.name(), "--actor", "anna", "--format", "json"});
  EXPECT_EQ(Json::parse(ended.out)["state"], "BLOCKER_STATE_RESOLVED");
  EXPECT_THAT(Run({"blockers", "ack", blocker.name(), "--actor", "anna"}).err,
              HasSubstr("FAILED_PRECONDITION"));
}

TEST_F(ClientCommandsTest, BlockerIsSnoozedForAWhile) {
  const v1::Blocker blocker = OpenBlocker();
  const CliResult result = Run({"blockers", "snooze", blocker.name(), "--for", "2d", "--actor",
                                "anna", "--format", "json", "--note", "back on Monday"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out)["state"], "BLOCKER_STATE_SNOOZED");
  EXPECT_THAT(Run({"blockers", "get", blocker.name()}).out,
              AllOf(HasSubstr("SNOOZED"), HasSubstr("back on Monday")));
  EXPECT_THAT(Run({"blockers", "snooze", blocker.name(), "--for", "91d", "--actor", "anna"}).err,
              HasSubstr("snooze_end_time"));
}

TEST_F(ClientCommandsTest, FeedbackSaysWhetherItAgrees) {
  const v1::Blocker blocker = OpenBlocker();
  const CliResult same = Run({"feedback", blocker.name(), "--category", "CROSS_TEAM", "--reason",
                              "APPROVAL_OR_SIGN_OFF", "--actor", "anna"});
  ASSERT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("confirms"));
  EXPECT_THAT(Run({"feedback", blocker.name(), "--category", "NOT_BLOCKED", "--actor", "anna"}).out,
              HasSubstr("differs"));
}

TEST_F(ClientCommandsTest, LadderIsSuggestedAndWhatFellDueIsListed) {
  // Late enough that the first step has fallen due when the event comes.
  clock_.Advance(absl::Hours(2));
  const v1::Blocker blocker = OpenBlocker();
  const CliResult ladder = Run({"escalations", "suggest", blocker.name(), "--format", "json"});
  ASSERT_EQ(ladder.code, 0) << ladder.err;
  ASSERT_THAT(LinesOf(ladder.out), SizeIs(2));
  EXPECT_EQ(Json::parse(LinesOf(ladder.out)[0])["target"], "legal");
  const CliResult listed = Run({"escalations", "list", "--blocker", blocker.name()});
  ASSERT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(LinesOf(listed.out), ElementsAre(HasSubstr("TICKET"), HasSubstr("legal")));
}

TEST_F(ClientCommandsTest, WatchEndsAfterItsCount) {
  clock_.Advance(absl::Hours(2));
  OpenBlockers(3);
  const CliResult result = Run({"watch", "--cursor", "0", "--count", "2", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  ASSERT_THAT(LinesOf(result.out), SizeIs(2));
  EXPECT_EQ(Json::parse(LinesOf(result.out)[0])["ticket"], "PAY-1");
  EXPECT_EQ(Json::parse(LinesOf(result.out)[1])["ticket"], "PAY-2");
}

TEST_F(ClientCommandsTest, ReportCountsInEveryFormat) {
  OpenBlockers(3);
  clock_.Advance(absl::Hours(48));
  const CliResult json = Run({"report", "--since", "30d", "--format", "json"});
  ASSERT_EQ(json.code, 0) << json.err;
  const Json report = Json::parse(json.out);
  EXPECT_EQ(report["tenant"], "acme");
  EXPECT_EQ(report["total"]["open"], 3);
  EXPECT_EQ(report["total"]["blocked_seconds"], 3 * 48 * 3600);
  EXPECT_THAT(Run({"report"}).out, HasSubstr("cross-team"));
  EXPECT_THAT(Run({"report", "--format", "markdown", "--lang", "zh"}).out, HasSubstr("| 跨团队 |"));
}

TEST_F(ClientCommandsTest, ReportLooksBackAsFarAsAsked) {
  OpenBlocker();
  clock_.Advance(absl::Hours(48));
  const Json report =
      Json::parse(Run({"report", "--since", "1d", "--project", "PAY", "--format", "json"}).out);
  EXPECT_EQ(report["total"]["opened"], 0);
  EXPECT_EQ(report["total"]["open"], 1);
  EXPECT_EQ(report["total"]["blocked_seconds"], 24 * 3600);
  EXPECT_EQ(report["project"], "PAY");
}

TEST_F(ClientCommandsTest, IngestSaysWhatBecameOfEachRecord) {
  const std::string records =
      "{\"id\":\"A-1\",\"description\":\"[legal]\"}\n"
      "oops\n"
      "{\"id\":\"A-2\",\"description\":\"all well\"}\n";
  const CliResult first = Run({"ingest", "--source", "jira", "--acks"}, records);
  EXPECT_EQ(first.code, 1);
  EXPECT_THAT(first.err, HasSubstr("stdin:2: "));
  const std::vector<std::string> acks = LinesOf(first.out);
  ASSERT_THAT(acks, SizeIs(2));
  const Json stuck = Json::parse(acks[0]);
  EXPECT_EQ(stuck["place"], "stdin:1");
  EXPECT_EQ(stuck["result"], "APPLIED");
  EXPECT_EQ(stuck["reason"], "APPROVAL_OR_SIGN_OFF");
  EXPECT_EQ(stuck["blocker"], "tenants/acme/blockers/1");
  EXPECT_EQ(Json::parse(acks[1])["blocker"], "");

  const CliResult again = Run({"ingest", "--source", "jira"}, records);
  EXPECT_THAT(again.out, AllOf(HasSubstr("applied 0"), HasSubstr("duplicate 2")));
}

TEST_F(ClientCommandsTest, RefusedRecordIsNamedByItsLine) {
  const CliResult result = Run({"ingest", "--source", "Jira!"}, "\n{\"id\":\"A-1\"}\n");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("stdin:2: INVALID_ARGUMENT"), HasSubstr("event.source")));
  EXPECT_THAT(result.out, HasSubstr("refused 1"));
}

TEST_F(ClientCommandsTest, ManyRecordsKeepTheirOrder) {
  std::string records;
  for (int i = 0; i < 2000; ++i) records += absl::StrCat("{\"id\":\"A-", i, "\"}\n");
  const CliResult result = Run({"ingest", "--source", "jira", "--acks"}, records);
  ASSERT_EQ(result.code, 0) << result.err;
  const std::vector<std::string> acks = LinesOf(result.out);
  ASSERT_THAT(acks, SizeIs(2000));
  for (int i = 0; i < 2000; ++i) {
    const Json ack = Json::parse(acks[static_cast<size_t>(i)]);
    EXPECT_EQ(ack["place"], absl::StrCat("stdin:", i + 1));
    EXPECT_EQ(std::string(ack["event_id"]).find(absl::StrCat("A-", i, "-")), 0u);
  }
}

TEST(UnreachableServerTest, EveryCommandFailsWithOneLine) {
  const std::vector<std::vector<std::string>> commands = {
      {"blockers", "list"},
      {"blockers", "get", "1"},
      {"escalations", "list"},
      {"report"},
      {"watch"},
      {"feedback", "1", "--category", "TECHNICAL", "--actor", "a"},
  };
  for (std::vector<std::string> args : commands) {
    args.insert(args.end(), {"--address", "127.0.0.1:1", "--timeout", "10s"});
    const CliResult result = RunClearway(args);
    EXPECT_EQ(result.code, 1) << args[0];
    EXPECT_THAT(LinesOf(result.err), ElementsAre(HasSubstr("UNAVAILABLE"))) << args[0];
  }
}

}  // namespace
}  // namespace clearway
