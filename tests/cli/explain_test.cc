#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "tests/cli/cli_runner.h"
#include "tests/testing/temp_dir.h"

namespace clearway {
namespace {

using ::clearway::testing::CliResult;
using ::clearway::testing::LinesOf;
using ::clearway::testing::RunClearway;
using ::clearway::testing::TempDir;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

using Json = nlohmann::ordered_json;

// As one writes it by hand, over several lines.
constexpr char kBlocked[] = R"({
  "id": "a",
  "title": "Export of invoices",
  "description": "Done and tested.",
  "comments": [
    {"author": "dev", "body": "Blocked: legal has not signed off, so we cannot ship."}
  ],
  "status": "In Progress"
})";

constexpr char kOneLine[] = R"({"id":"b","title":"Rename it","description":"Merged."})";

TEST(ExplainCommandTest, ShowsTheVerdictAndWhatSpokeForIt) {
  const CliResult result = RunClearway({"explain"}, kBlocked);
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, ContainsRegex("^CROSS_TEAM / [A-Z_]+, confidence [01]\\.[0-9][0-9]\n"));
  EXPECT_THAT(result.out, HasSubstr("waiting on: legal\n"));
  EXPECT_THAT(result.out, ContainsRegex("probabilities: NOT_BLOCKED 0\\.[0-9]+, TECHNICAL"));
  EXPECT_THAT(result.out, HasSubstr("comments[0] by dev\n  [[Blocked: legal"));
  EXPECT_THAT(result.out, ContainsRegex("ship\\.]]\\(\\+[0-9]+\\.[0-9][0-9]\\)"));
  EXPECT_THAT(result.out, HasSubstr("title\n  Export of invoices\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b")));
}

TEST(ExplainCommandTest, ColoursWhenAskedTo) {
  const CliResult result = RunClearway({"explain", "--color=always"}, kBlocked);
  EXPECT_THAT(result.out, HasSubstr("\x1b[1;33mBlocked: legal"));
  EXPECT_THAT(result.out, Not(HasSubstr("[[")));
}

TEST(ExplainCommandTest, ATerminalGetsColoursUnlessToldOtherwise) {
  for (const bool never : {false, true}) {
    std::istringstream in(kBlocked);
    std::ostringstream out;
    std::ostringstream err;
    const testing::FakeClock clock;
    std::vector<std::string> args = {"explain"};
    if (never) args.emplace_back("--color=never");
    ASSERT_EQ(RunCli(args, {in, out, err, clock, /*color=*/true}), 0) << err.str();
    EXPECT_EQ(out.str().find("\x1b[") == std::string::npos, never);
  }
}

TEST(ExplainCommandTest, TicketTextCannotDriveTheTerminal) {
  const CliResult result =
      RunClearway({"explain", "--title", "x\x1b[2J\x1b]0;gone\x07", "--comment",
                   "\x9b"
                   "31m\u202Eabc\rdef"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(result.out, Not(HasSubstr("\x07")));
  EXPECT_THAT(result.out, Not(HasSubstr("\r")));
  EXPECT_THAT(result.out, Not(HasSubstr("\u202E")));
  EXPECT_THAT(result.out, HasSubstr("\uFFFD"));
  EXPECT_THAT(result.out, HasSubstr("31m"));
}

TEST(ExplainCommandTest, TakesATicketFromOptions) {
  const CliResult result =
      RunClearway({"explain", "--title", "Release 4.2", "--description", "All green.", "--comment",
                   "Looks good.", "--comment", "We still need the sign-off from legal.", "--status",
                   "In Progress"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("CROSS_TEAM"));
  EXPECT_THAT(result.out, HasSubstr("comments[1]\n"));
}

TEST(ExplainCommandTest, OptionsAndAFileExcludeEachOther) {
  EXPECT_EQ(RunClearway({"explain", "x.jsonl", "--title", "x"}).code, 2);
  EXPECT_EQ(RunClearway({"explain", "--id", "a", "--title", "x"}).code, 2);
  EXPECT_EQ(RunClearway({"explain", "--color=mauve"}, kBlocked).code, 2);
}

TEST(ExplainCommandTest, JsonIsTheVerdictWithItsProbabilities) {
  const CliResult result = RunClearway({"explain", "--format", "json"}, kBlocked);
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["id"], "a");
  EXPECT_EQ(json["category"], "CROSS_TEAM");
  EXPECT_EQ(json["language"], "en");
  EXPECT_THAT(json["probabilities"], SizeIs(5));
  double sum = 0;
  for (const auto& [name, p] : json["probabilities"].items()) sum += p.get<double>();
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_EQ(json["probabilities"]["CROSS_TEAM"], json["confidence"]);
  EXPECT_GT(json["evidence"][0]["weight"], 0);
  EXPECT_FALSE(json.contains("timeline"));
}

TEST(ExplainCommandTest, TimelineShowsBlockedUnblockedBlockedAgain) {
  const std::vector<std::string> args = {
      "explain",
      "--timeline",
      "--title",
      "Ship the export",
      "--description",
      "Export of invoices.",
      "--comment",
      "Blocked: legal has not signed off, we cannot ship.",
      "--comment",
      "Signed this morning. Merged.",
      "--comment",
      "Blocked again: legal took the sign-off back, we cannot ship before they sign."};
  const CliResult result = RunClearway(args);
  ASSERT_EQ(result.code, 0) << result.err;
  const std::vector<std::string> lines = LinesOf(result.out);
  ASSERT_GE(lines.size(), 5u);
  const size_t first = lines.size() - 4;
  EXPECT_THAT(lines[first], MatchesRegex("description +NOT_BLOCKED .*[0-9]"));
  EXPECT_THAT(lines[first + 1], MatchesRegex("comments.0. +CROSS_TEAM .*<- blocked"));
  EXPECT_THAT(lines[first + 2], MatchesRegex("comments.1. +NOT_BLOCKED .*<- unblocked"));
  EXPECT_THAT(lines[first + 3], MatchesRegex("comments.2. +CROSS_TEAM .*<- blocked again"));

  std::vector<std::string> as_json = args;
  as_json.insert(as_json.end(), {"--format", "json"});
  const Json json = Json::parse(RunClearway(as_json).out);
  ASSERT_THAT(json["timeline"], SizeIs(4));
  EXPECT_EQ(json["timeline"][0]["after"], "description");
  EXPECT_EQ(json["timeline"][0]["change"], "");
  EXPECT_EQ(json["timeline"][3]["after"], "comments[2]");
  EXPECT_EQ(json["timeline"][3]["change"], "blocked again");
}

TEST(ExplainCommandTest, AnIdPicksOneRecordOfSeveral) {
  const TempDir dir;
  std::ofstream(dir.File("x.jsonl")) << R"({"id":"a","title":"first"})"
                                     << "\noops\n"
                                     << kOneLine << "\n";
  const CliResult found = RunClearway({"explain", dir.File("x.jsonl"), "--id", "b"});
  ASSERT_EQ(found.code, 0) << found.err;
  EXPECT_THAT(found.out, HasSubstr("Rename it"));

  const CliResult missing = RunClearway({"explain", dir.File("x.jsonl"), "--id", "c"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("there is no record c"));
  EXPECT_THAT(missing.err, HasSubstr("x.jsonl:2: "));

  const CliResult open = RunClearway({"explain", dir.File("x.jsonl")});
  EXPECT_EQ(open.code, 1);
  EXPECT_THAT(open.err, HasSubstr("--id"));
  EXPECT_THAT(open.out, IsEmpty());
}

TEST(ExplainCommandTest, WhatIsNoRecordIsSaid) {
  EXPECT_THAT(RunClearway({"explain"}, "oops").err, HasSubstr("stdin: not valid JSON"));
  EXPECT_THAT(RunClearway({"explain"}, "").err, HasSubstr("stdin: "));
  EXPECT_THAT(RunClearway({"explain", "/nonexistent/x.json"}).err,
              HasSubstr("/nonexistent/x.json"));
  EXPECT_THAT(RunClearway({"explain"}, R"({"id":"a","title":7})").err, HasSubstr("title: must be"));
  EXPECT_THAT(RunClearway({"explain"}, std::string(5 << 20, ' ')).err, HasSubstr("4 MiB"));
}

TEST(ExplainCommandTest, ModelThatIsNoneIsNamed) {
  const TempDir dir;
  std::ofstream(dir.File("model")) << "no model";
  const CliResult result = RunClearway({"explain", "--model", dir.File("model")}, kBlocked);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr(dir.File("model")));
}

}  // namespace
}  // namespace clearway
