#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/cli/cli_runner.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::RunClearway;
using ::clearway::testing::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kExample[] = CLEARWAY_SOURCE_DIR "/docs/examples/policy.yaml";

CliResult Explain(std::vector<std::string> args) {
  args.insert(args.begin(), {"policy", "explain", "--policy", kExample});
  return RunClearway(args);
}

TEST(PolicyExplainTest, TheExampleIsFine) {
  const CliResult result = RunClearway({"policy", "check", kExample});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("3 ladders with 9 steps, 2 calendars, 1 mutes, 2 costs"));
}

TEST(PolicyExplainTest, ShowsRoutesLadderAndDueTimesUnderTheCalendar) {
  const CliResult result =
      Explain({"--reason", "APPROVAL_OR_SIGN_OFF", "--priority", "HIGH", "--project", "CN-PAY",
               "--waiting-on", "法务部", "--opened-at", "2026-09-30T16:00:00+08:00", "--at",
               "2026-10-08T12:00:00+08:00"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("  yes everything: matches everything\n"),
                    HasSubstr("    yes china: project =~ CN-.*\n"),
                    HasSubstr("    no  outages: not reason = INFRASTRUCTURE\n"),
                    HasSubstr("    yes urgent: priority in (HIGH, HIGHEST)\n"),
                    HasSubstr("ladder: urgent, by the route urgent, in business time of shanghai"),
                    HasSubstr("rate limit: 5 to one recipient within 1d"),
                    HasSubstr("groups: by party, every 2h")));
  // Two hours before the national holiday and two after it; then until the even hour.
  EXPECT_THAT(result.out, AllOf(HasSubstr("Thu 2026-10-08 11:00 +08:00"),
                                HasSubstr("Thu 2026-10-08 12:00 +08:00"), HasSubstr("法务部"),
                                HasSubstr("told with others at")));
}

TEST(PolicyExplainTest, ShowsWhatPutsAStepOff) {
  const CliResult result =
      Explain({"--category", "CROSS_TEAM", "--opened-at", "2026-12-23T09:00:00+01:00"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("mutes: year-end-freeze"),
                                HasSubstr("mute year-end-freeze until Mon 2027-01-04 00:00"),
                                HasSubstr("quiet hours berlin-nights until Mon 2027-01-04 07:00")));
}

TEST(PolicyExplainTest, SaysWhereNothingIsEverSaid) {
  const CliResult result = Explain({"--reason", "DEFECT", "--label", "spike"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("ladder: none"), Not(HasSubstr("FALLS DUE"))));
}

TEST(PolicyExplainTest, SaysWhenAnotherTicketIsToldAboutInstead) {
  const CliResult held = Explain({"--reason", "DEFECT", "--hangs-on", "LEG-9"});
  ASSERT_EQ(held.code, 0) << held.err;
  EXPECT_THAT(held.out, HasSubstr("links: Held back: it hangs on LEG-9"));
  EXPECT_THAT(Explain({"--reason", "DEFECT"}).out,
              HasSubstr("links: nothing that holds it back\n"));
}

TEST(PolicyExplainTest, ATicketIsClassifiedAndOptionsTakeItsPlace) {
  const TempDir dir;
  std::ofstream(dir.File("t.json"))
      << R"({"id": "PAY-1", "title": "Release is blocked: legal has not approved the contract", )"
      << R"("description": "We are blocked and still waiting for the sign-off from the legal )"
      << R"(department; we cannot ship without their approval.", "status": "Blocked"})";
  const CliResult result =
      RunClearway({"policy", "explain", "--ticket", dir.File("t.json"), "--priority", "LOW"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("blocker: CROSS_TEAM/"), HasSubstr("priority LOW"),
                                HasSubstr("ladder: low")));
}

TEST(PolicyExplainTest, WhatCannotBeIsSaidInOneLine) {
  EXPECT_THAT(Explain({}).err, HasSubstr("--category"));
  EXPECT_THAT(Explain({"--category", "NOT_BLOCKED"}).err, HasSubstr("--category"));
  EXPECT_THAT(Explain({"--reason", "LAZINESS"}).err, HasSubstr("LAZINESS"));
  EXPECT_THAT(Explain({"--priority", "URGENT", "--reason", "DEFECT"}).err, HasSubstr("URGENT"));
  EXPECT_THAT(Explain({"--reason", "DEFECT", "--opened-at", "yesterday"}).err,
              HasSubstr("yesterday"));
  EXPECT_EQ(Explain({}).code, 1);
  EXPECT_THAT(RunClearway({"policy", "explain", "--policy", "/nonexistent.yaml"}).err,
              HasSubstr("/nonexistent.yaml"));
}

TEST(PolicyExplainTest, ShowsTheMessagesWithTheNamesOfTheDirectory) {
  const TempDir dir;
  std::ofstream(dir.File("d.yaml"))
      << "parties:\n- {name: legal, aliases: [法务部], lead: {name: Dana Fox, handle: '@dana'}}\n";
  const std::vector<std::string> args = {"--reason",     "APPROVAL_OR_SIGN_OFF",
                                         "--project",    "CN-PAY",
                                         "--waiting-on", "法务部",
                                         "--opened-at",  "2026-09-30T16:00:00+08:00",
                                         "--at",         "2026-10-08T12:00:00+08:00",
                                         "--directory",  dir.File("d.yaml")};
  EXPECT_THAT(Explain(args).out, AllOf(HasSubstr("Dana Fox"), Not(HasSubstr("draft:"))));
  std::vector<std::string> with_drafts = args;
  with_drafts.push_back("--drafts");
  const CliResult result = Explain(with_drafts);
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("to Dana Fox (@dana) by"), HasSubstr("    Hello Dana Fox,\n"),
                    HasSubstr("  next: "), HasSubstr("  if nothing happens: ")));
}

TEST(PolicyExplainTest, ABadDirectoryIsNamedWithItsLine) {
  const TempDir dir;
  std::ofstream(dir.File("d.yaml")) << "parties:\n- name: ''\n";
  const CliResult result = Explain({"--reason", "STAFFING", "--directory", dir.File("d.yaml")});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr(dir.File("d.yaml") + ":2"));
}

}  // namespace
}  // namespace clearway
